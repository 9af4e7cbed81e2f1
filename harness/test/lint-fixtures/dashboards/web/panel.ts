// Dashboards draw what the contract names and the report holds.
import { METRICS } from '../../server/contract.ts';
import { buildApp } from '../../server/app.ts'; // refused: noRestrictedImports
import type { Report } from '../../harness/report/report.ts';
import { runTrial } from '../../harness/runner/sweep.ts'; // refused: noRestrictedImports

export type Everything = Report;
export const panel = [METRICS, buildApp, runTrial];
