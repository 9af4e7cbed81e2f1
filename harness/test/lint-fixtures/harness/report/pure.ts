// A pure folder: neither the machine nor what drives a run.
import { readFileSync } from 'node:fs'; // refused: noRestrictedImports
import { setTimeout as sleep } from 'node:timers/promises'; // refused: noRestrictedImports
import pg from 'pg'; // refused: noRestrictedImports
import autocannon from 'autocannon'; // refused: noRestrictedImports
import { panel } from '../../dashboards/web/panel.ts'; // refused: noRestrictedImports
import type { PoolShape } from '../../server/contract.ts';
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports
import { run } from '../commands/run.ts'; // refused: noRestrictedImports
import { LabError } from '../lab-error.ts';
import { startLoad } from '../load/closed-engine.ts'; // refused: noRestrictedImports
import type { LoadResult } from '../load/load-engine.ts';
import { startPostgres } from '../postgres/embedded.ts'; // refused: noRestrictedImports
import type { PostgresSettings } from '../postgres/provider.ts';
import { runTrial } from '../runner/trial.ts'; // refused: noRestrictedImports
import { computeBudget } from '../sizing/budget.ts';
import { append } from '../store/journal.ts'; // refused: noRestrictedImports

export type Everything = [PoolShape, LoadResult, PostgresSettings];
export const everything = [readFileSync, sleep, pg, autocannon, panel, buildApp, run, LabError];
export const more = [startLoad, startPostgres, runTrial, computeBudget, append];
export const seen = performance.now(); // refused: noRestrictedGlobals
export const cpu = process.cpuUsage(); // refused: noRestrictedGlobals
setTimeout(() => seen, 1); // refused: noRestrictedGlobals
