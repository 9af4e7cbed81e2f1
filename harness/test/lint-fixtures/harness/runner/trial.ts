// An ordinary file of the harness.
import autocannon from 'autocannon'; // refused: noRestrictedImports
import PgPool from 'pg-pool'; // refused: noRestrictedImports
import client from 'prom-client'; // refused: noRestrictedImports
import { panel } from '../../dashboards/web/panel.ts'; // refused: noRestrictedImports
import { METRICS } from '../../server/contract.ts';
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports
import type { Pool } from '../../server/pool/pool.ts'; // refused: noRestrictedImports
import { computeBudget } from '../sizing/budget.ts';
import { spawn } from 'node:child_process';
import { startServerProcess } from './server-process.ts';

export type Everything = Pool;
export const everything = [autocannon, PgPool, client, panel, METRICS, buildApp, computeBudget];
export const more = [spawn, startServerProcess];
