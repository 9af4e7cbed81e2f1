// A helper of tests is no entry.
export const environment = { ...process.env };
export const name = process.argv[1]; // refused: noJsRestrictedProperties
process.exit(1); // refused: noJsRestrictedProperties
