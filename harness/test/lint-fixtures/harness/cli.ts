// The harness's entry: reads its arguments once, sets the status, speaks.
import { buildApp } from '../server/app.ts'; // refused: noRestrictedImports

console.log(process.argv, process.env, buildApp);
process.exitCode = 3;
