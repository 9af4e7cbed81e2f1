// The adapter of pg-pool: exempt from that ban, and from no other.
import autocannon from 'autocannon'; // refused: noRestrictedImports
import PgPool from 'pg-pool';
import client from 'prom-client'; // refused: noRestrictedImports
import { LabError } from '../../harness/lab-error.ts'; // refused: noRestrictedImports
import { env } from 'node:process'; // refused: noRestrictedImports

export const everything = [autocannon, PgPool, client, LabError, env];
