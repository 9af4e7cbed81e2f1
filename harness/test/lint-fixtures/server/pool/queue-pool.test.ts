// Tests keep the directions; they may hand their environment on to a child.
import { LabError } from '../../harness/lab-error.ts'; // refused: noRestrictedImports
import PgPool from 'pg-pool'; // refused: noRestrictedImports

export const childEnvironment = { ...process.env, POOL_LAB_WORKERS: '1' };
export const everything = [LabError, PgPool];
console.log(childEnvironment); // refused: noConsole
process.exit(1); // refused: noJsRestrictedProperties
export const name = process.argv[1]; // refused: noJsRestrictedProperties
export const fake = { kind: 'queue' } as unknown;
