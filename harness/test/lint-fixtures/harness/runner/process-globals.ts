// Everybody but a process entry gets environment, arguments and output from its caller.
import { argv } from 'node:process'; // refused: noRestrictedImports
import { Console } from 'node:console'; // refused: noRestrictedImports

export const port = process.env['PORT']; // refused: noJsRestrictedProperties
export const { env } = process; // refused: noJsRestrictedProperties
export const first = process.argv[2]; // refused: noJsRestrictedProperties
export const flags = process.execArgv; // refused: noJsRestrictedProperties
export const runtime = process.execPath;
export const rest = [argv, Console];

export function stop(): void {
  console.log('stopping'); // refused: noConsole
  process.exit(1); // refused: noJsRestrictedProperties
}
