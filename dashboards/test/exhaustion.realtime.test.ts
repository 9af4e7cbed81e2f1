import { existsSync } from 'node:fs';
import { beforeAll, expect } from 'vitest';
import { optional } from '../../harness/test/optional.ts';
import { detectPrometheus } from '../../harness/test/prometheus-binaries.ts';
import { HARNESS_METRICS, METRICS } from '../../server/contract.ts';
import { QUERIES_WITHOUT_DATA } from '../grafana/queries-without-data.ts';
import { ruleGroups } from '../prometheus/rule-file.ts';
import { LAB } from '../prometheus/windows.ts';
import { missingLabels, seriesProblems } from '../promql/series-problems.ts';
import { type ObservedExhaustion, observeExhaustion } from './observed-exhaustion.ts';
import type { Series } from './prometheus-client.ts';

/*
 * The dashboard, the alerts and the metrics before a real Prometheus, which scrapes a real lab while
 * first its pools and then PostgreSQL are exhausted.
 */
const { test } = await optional('prometheus', detectPrometheus);
let seen: ObservedExhaustion;
beforeAll(async () => {
  seen = await observeExhaustion();
});

const FIRE_WHILE_QUEUEING = ['PoolWaitLong', 'PoolWaiters'];
const FIRE_WHILE_REFUSING = [
  'PoolBudgetOverbooked',
  'PostgresRefusesConnections',
  'PostgresSlotsExhausted',
  'PostgresSlotsLow',
];
/** Nothing of it happens in either trial. */
const STAY_SILENT = [
  'PgBouncerRefusesConnections',
  'PoolLeak',
  'PoolScrapeDown',
  'PoolTimeouts',
  'PoolWorkerCrashed',
  'PoolWorkerStale',
  'PostgresSampleStale',
];

/** Metrics that no scrape of this run has, with the reason. */
const ABSENT: ReadonlyMap<string, string> = new Map([
  ...Object.values(METRICS)
    .filter((name) => name.startsWith('pool_lab_pgbouncer_'))
    .map((name) => [name, 'there is no PgBouncer in the run'] as const),
  ...(existsSync('/proc/pressure/cpu')
    ? []
    : [[HARNESS_METRICS.cpuPressureSecondsTotal, 'this machine does not tell'] as const]),
]);
const HISTOGRAM_SERIES = /_(?:bucket|sum|count)$/;

test('the first trial only queues, the second is refused connections', () => {
  const { result: queueing } = seen.queueing;
  expect(queueing.requests).toMatchObject({ httpErrors: {}, connectionErrors: {}, timeouts: 0 });
  expect(queueing.requests.ok).toBeGreaterThan(300);
  expect(queueing.refusals.total).toBe(0);
  expect(seen.refusing.result.refusals.total).toBeGreaterThan(0);
});

test('every query of every panel has data, but for the exceptions, which have none', () => {
  const empty = seen.panels.filter(({ series }) => !hasNumber(series)).map(({ query }) => query);
  const name = ({ panel, refId }: { readonly panel: string; readonly refId: string }) =>
    `${panel} ${refId}`;
  expect(empty.map(name)).toEqual(QUERIES_WITHOUT_DATA.map(name));
});

test('a pool that is too small is told from a database that is full', () => {
  // A machine that others fill makes processes and generators late, whatever the pools do.
  const ofPools = (names: readonly string[]) =>
    names.filter((name) => !['Busy process', 'Generator busy', 'Generator late'].includes(name));
  expect(ofPools(seen.diagnoses.queueing)).toEqual(['Requests queue']);
  expect(ofPools(seen.diagnoses.refusing)).toEqual(['Database full', 'Requests queue']);
});

test('phases and alerts are marked on the curves; no worker was restarted', () => {
  const { 'Phases of the load': phases = [], Alerts: alerts = [] } = seen.annotations;
  expect(new Set(phases.map(({ labels }) => labels['phase']))).toEqual(
    new Set(['warmup', 'measure']),
  );
  expect(alerts.length).toBeGreaterThan(0);
  expect(seen.annotations['Worker restarts']).toEqual([]);
});

test('every alert is expected to fire here, or to stay silent', () => {
  const alerts = ruleGroups(LAB).flatMap((group) => group.alerts.map(({ alert }) => alert));
  const expected = [...FIRE_WHILE_QUEUEING, ...FIRE_WHILE_REFUSING, ...STAY_SILENT];
  expect(expected.toSorted()).toEqual(alerts.toSorted());
});

test('while requests queue, the alerts on waiting fire and no other', () => {
  const { measureFromMs, stopAtMs } = seen.queueing;
  expect(firing((atMs) => atMs >= measureFromMs && atMs <= stopAtMs)).toEqual(FIRE_WHILE_QUEUEING);
});

test('when PostgreSQL refuses, the alerts on its slots fire too, and no other', () => {
  const { measureFromMs } = seen.refusing;
  const fired = firing((atMs) => atMs >= measureFromMs);
  expect(fired.filter((name) => !FIRE_WHILE_QUEUEING.includes(name))).toEqual(FIRE_WHILE_REFUSING);
});

test("the rate of the integral is the clients' λW, within 5 %", () => {
  const { steadyState, throughputPerSecond, componentsMs } = seen.queueing.result;
  expect(steadyState.state).toBe('steady');
  // Little's law: as many wait as arrive in the time that one waits. Closed loop, nothing fails: what
  // arrives is what is answered.
  const queueOfClients = ((throughputPerSecond ?? 0) * (componentsMs.wait.mean ?? 0)) / 1_000;
  expect(queueOfClients).toBeGreaterThan(50);
  expect(seen.meanQueue / queueOfClients).toBeGreaterThan(0.95);
  expect(seen.meanQueue / queueOfClients).toBeLessThan(1.05);
});

test('and it is the clients that nobody serves, within 2 %', () => {
  // Closer than λW can tell: what waited across an edge of the window is in one of the two and not in the other.
  const { plan } = seen.queueing.result;
  const { model } = plan.load;
  const clients = model.kind === 'closed' ? model.connections : Number.NaN;
  const waiting = clients - plan.workers * plan.pool.poolSize;
  expect(seen.meanQueue / waiting).toBeGreaterThan(0.98);
  expect(seen.meanQueue / waiting).toBeLessThan(1.02);
});

test('every metric of the contract is scraped, where it belongs, but for the exceptions', () => {
  const missing = (
    all: Readonly<Record<string, string>>,
    series: readonly Readonly<Record<string, string>>[],
  ) => {
    const scraped = series.map((labels) => labels['__name__'] ?? '');
    const names = new Set(scraped.map((name) => name.replace(HISTOGRAM_SERIES, '')));
    return Object.values(all).filter((name) => !names.has(name) && !scraped.includes(name));
  };
  const absent = [
    ...missing(METRICS, seen.series.api),
    ...missing(HARNESS_METRICS, seen.series.harness),
  ];
  expect(absent.toSorted()).toEqual([...ABSENT.keys()].toSorted());
});

test('every series has the labels, and the values of them, that expressions are checked against', () => {
  const all = [...seen.series.api, ...seen.series.harness];
  expect(all.length).toBeGreaterThan(200);
  expect([...new Set(all.flatMap(seriesProblems))]).toEqual([]);
  // Of other services only.
  expect(missingLabels(all)).toEqual([`${METRICS.connectionCount} db_client_connection_state`]);
});

test('no scrape fails while there is somebody to be scraped', () => {
  const { queueing, refusing } = seen;
  const running = [
    { fromMs: 0, toMs: queueing.stopAtMs },
    { fromMs: refusing.measureFromMs, toMs: refusing.stopAtMs },
  ];
  const scrapesOf = (job: string) =>
    seen.scrapes.flatMap(({ labels, samples }) => (labels['job'] === job ? samples : []));
  const ofApi = scrapesOf('pool-lab-api').filter(({ atMs }) =>
    running.some(({ fromMs, toMs }) => atMs >= fromMs && atMs <= toMs),
  );
  const ofHarness = scrapesOf('pool-lab-harness');
  for (const scrapes of [ofApi, ofHarness]) {
    expect(scrapes.length).toBeGreaterThan(20);
    expect(scrapes.filter(({ value }) => value !== 1)).toEqual([]);
  }
});

test('nobody was warned of anything', () => {
  expect(seen.warnings).toEqual([]);
});

/** A series without a single number shows as an empty panel. */
function hasNumber(series: readonly Series[]): boolean {
  return series.some(({ samples }) => samples.some(({ value }) => !Number.isNaN(value)));
}

/** Names of the alerts that fired at some moment of these, in order. */
function firing(when: (atMs: number) => boolean): readonly string[] {
  const names = seen.alerts
    .filter(({ samples }) => samples.some(({ atMs }) => when(atMs)))
    .map(({ labels }) => labels['alertname'] ?? '');
  return [...new Set(names)].toSorted();
}
