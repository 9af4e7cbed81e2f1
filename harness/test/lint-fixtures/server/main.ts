// A process entry: may read its environment and speak, but keeps the directions.
import { LabError } from '../harness/lab-error.ts'; // refused: noRestrictedImports
import PgPool from 'pg-pool'; // refused: noRestrictedImports

console.log(process.env['POOL_LAB_PORT'], process.argv, LabError, PgPool);
process.exit(0);
