// A process entry of the harness: the ban on autocannon holds, its adapter is another file.
import autocannon from 'autocannon'; // refused: noRestrictedImports
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports

console.error(process.argv, process.env, autocannon, buildApp);
process.exitCode = 1;
