import { METRICS } from '../../../server/contract.ts';
import { recordedNames } from '../rules/recorded.ts';
import { type InputSeries, type ScenariosOf, seriesName, silent } from './scenario.ts';

/** A service with OpenTelemetry's labels, and nothing of the lab's. */
const SERVICE = { job: 'orders', instance: '10.0.0.7:9464' };
const POOL = { ...SERVICE, db_client_connection_pool_name: 'orders-db' };

const of = (
  metric: string,
  labels: Readonly<Record<string, string>>,
  values: string,
): InputSeries => ({ series: seriesName(metric, { ...POOL, ...labels }), values });

const state = (name: 'used' | 'idle') => ({ db_client_connection_state: name });

/** The alerts that carry over to other services do without the lab's own metrics and labels. */
export const openTelemetryScenarios: ScenariosOf = (windows) => [
  {
    name: "a service with OpenTelemetry's metrics leaks its connections",
    series: [
      of(METRICS.connectionCount, state('used'), '10x60'),
      of(METRICS.connectionCount, state('idle'), '0x60'),
      of(METRICS.connectionMax, {}, '10x60'),
      of(METRICS.pendingRequests, {}, '0x20 4x40'),
      of(`${METRICS.useSeconds}_count`, {}, '0+10x20 200x40'),
    ],
    checks: [
      silent(24),
      {
        at: 40,
        firing: [
          { alert: 'PoolWaiters', labels: POOL, value: '100%' },
          { alert: 'PoolLeak', labels: POOL, value: '1' },
        ],
        recorded: [
          { record: recordedNames(windows).poolQueue, labels: POOL, value: 4 },
          { record: recordedNames(windows).poolMaxOfJob, labels: { job: 'orders' }, value: 10 },
        ],
      },
    ],
  },
  {
    name: "a service with OpenTelemetry's metrics is well",
    series: [
      of(METRICS.connectionCount, state('used'), '10x60'),
      of(METRICS.connectionCount, state('idle'), '0x60'),
      of(METRICS.connectionMax, {}, '10x60'),
      of(METRICS.pendingRequests, {}, '0x60'),
      of(`${METRICS.useSeconds}_count`, {}, '0+10x60'),
      of(METRICS.timeoutsTotal, {}, '7x60'),
    ],
    checks: [silent(40)],
  },
  {
    name: "a service with OpenTelemetry's metrics has its first timeouts",
    series: [
      { series: seriesName('up', SERVICE), values: '1x60' },
      of(METRICS.timeoutsTotal, {}, '_x19 2x40'),
    ],
    checks: [
      silent(18),
      { at: 20, firing: [{ alert: 'PoolTimeouts', labels: SERVICE, value: '2' }] },
    ],
  },
];
