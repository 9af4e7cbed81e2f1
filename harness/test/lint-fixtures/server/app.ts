// An ordinary file of the server.
import autocannon from 'autocannon'; // refused: noRestrictedImports
import pg from 'pg';
import PgPool from 'pg-pool'; // refused: noRestrictedImports
import client from 'prom-client'; // refused: noRestrictedImports
import type { Panel } from '../dashboards/web/panel.ts'; // refused: noRestrictedImports
import { LabError } from '../harness/lab-error.ts'; // refused: noRestrictedImports
import type { LoadResult } from '../harness/load/load-engine.ts'; // refused: noRestrictedImports
import type { ServerConfig } from './contract.ts';
import { createPool } from './pool/queue-pool.ts';

export { LabError as ServerError } from '../harness/lab-error.ts'; // refused: noBarrelFile, noRestrictedImports

export async function buildApp(config: ServerConfig, panel: Panel, result: LoadResult) {
  const late = await import('../harness/lab-error.ts'); // refused: noRestrictedImports
  return [autocannon, pg, PgPool, client, LabError, createPool, config, panel, result, late];
}
