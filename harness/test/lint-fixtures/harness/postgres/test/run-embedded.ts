// A process that end-to-end tests start: an entry, as its name says, that keeps the directions.
import { buildApp } from '../../../server/app.ts'; // refused: noRestrictedImports

console.log(process.argv, process.env, buildApp);
