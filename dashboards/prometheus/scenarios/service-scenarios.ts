import { METRICS } from '../../../server/contract.ts';
import { recordedNames } from '../rules/recorded.ts';
import { API, type InputSeries, input, type ScenariosOf, silent } from './scenario.ts';

const W1 = { worker: '1' };

const answers = (code: string, values: string): InputSeries =>
  input(
    `${METRICS.httpRequestSeconds}_count`,
    { route: '/w/:workload', method: 'GET', code },
    values,
  );

/** Everything the rules look at, with nothing wrong. */
const well = (seconds: number): readonly InputSeries[] => [
  input('up', {}, '1x60'),
  input('up', { job: 'pool-lab-harness', instance: 'harness:9465' }, '0x60'),
  input(METRICS.connectionCount, { ...W1, state: 'used' }, '2x60'),
  input(METRICS.connectionCount, { ...W1, state: 'idle' }, '3x60'),
  input(METRICS.connectionMax, W1, '5x60'),
  input(METRICS.pendingRequests, W1, '0x60'),
  input(METRICS.pendingSecondsTotal, W1, '0x60'),
  input(METRICS.saturatedSecondsTotal, W1, '0x60'),
  ...['0.01', '30', '+Inf'].map((le) =>
    input(`${METRICS.waitSeconds}_bucket`, { ...W1, result: 'ok', le }, '0+10x60'),
  ),
  input(`${METRICS.useSeconds}_count`, W1, '0+10x60'),
  input(METRICS.timeoutsTotal, W1, '0x60'),
  input(METRICS.poolTimeoutSeconds, W1, '30x60'),
  input(METRICS.snapshotAgeSeconds, W1, '0.4x60'),
  input(
    METRICS.connectErrorsTotal,
    { ...W1, sqlstate: '53300', reason: 'too_many_clients' },
    '0x60',
  ),
  input(METRICS.workerRestartsTotal, { reason: 'crash' }, '0x60'),
  answers('200', `0+${15 * seconds}x60`),
  input(METRICS.pgMaxConnections, {}, '30x60'),
  input(METRICS.pgReservedConnections, {}, '3x60'),
  input(METRICS.pgConnections, { worker: '1', state: 'idle' }, '5x60'),
  input(METRICS.pgConnections, { worker: 'monitor', state: 'active' }, '1x60'),
  input(METRICS.pgSampleAgeSeconds, {}, '0.4x60'),
  input(METRICS.budgetConnections, { bound: 'usable' }, '26x60'),
  input(METRICS.budgetConnections, { bound: 'ceiling' }, '5x60'),
];

const DOWN = { alert: 'PoolScrapeDown', value: '0' };

/** The service itself, whether it can be seen, and all of it when nothing is wrong. */
export const serviceScenarios: ScenariosOf = (windows) => {
  const recorded = recordedNames(windows);
  const seconds = windows.scrapeSeconds;
  const errorRatio = (value: number) => ({ record: recorded.errorRatio, labels: API, value });
  return [
    {
      name: 'all is well, and the harness is not running',
      series: well(seconds),
      checks: [
        silent(3),
        silent(20),
        {
          at: 40,
          firing: [],
          recorded: [
            errorRatio(0),
            { record: recorded.requests, labels: API, value: 15 },
            { record: recorded.timeouts, labels: API, value: 0 },
            { record: recorded.slotsLeft, labels: API, value: 21 },
          ],
        },
      ],
    },
    { name: 'there is nothing to be seen', series: [], checks: [silent(0), silent(40)] },
    {
      name: 'a quarter of the answers are errors, of the service and of who asks it',
      series: [
        answers('200', `0+${9 * seconds}x60`),
        answers('503', `0+${2 * seconds}x60`),
        answers('400', `0+${seconds}x60`),
      ],
      checks: [{ at: 40, firing: [], recorded: [errorRatio(0.25)] }],
    },
    {
      name: 'the API cannot be scraped any more',
      series: [
        input('up', {}, '1x20 0x40'),
        input(METRICS.connectionCount, { ...W1, state: 'idle' }, '3x20 stale'),
      ],
      checks: [silent(20), silent(24), { at: 25, firing: [DOWN] }, { at: 40, firing: [DOWN] }],
    },
    {
      name: 'a target without pools is down, one with pools only for a moment: edge of PoolScrapeDown',
      series: [
        input('up', {}, '1x20 0x3 1x40'),
        input(METRICS.connectionCount, { ...W1, state: 'idle' }, '3x60'),
        input('up', { job: 'else', instance: 'else:80' }, '0x60'),
      ],
      checks: [silent(23), silent(25), silent(40)],
    },
    {
      name: 'a target that had pools long ago is forgotten',
      series: [
        input('up', {}, '1x20 0x140'),
        input(METRICS.connectionCount, { ...W1, state: 'idle' }, '3x20 stale'),
      ],
      checks: [{ at: 135, firing: [DOWN] }, silent(145)],
    },
    {
      name: 'one worker tells nothing any more',
      series: [
        input(METRICS.snapshotAgeSeconds, W1, '0.3x20 4x40'),
        input(METRICS.snapshotAgeSeconds, { worker: '2' }, '0.5x60'),
      ],
      checks: [silent(22), { at: 23, firing: [{ alert: 'PoolWorkerStale', value: '4s' }] }],
    },
    {
      name: 'a worker is late: edge of PoolWorkerStale',
      series: [input(METRICS.snapshotAgeSeconds, W1, '2x60')],
      checks: [silent(40)],
    },
    {
      name: 'a worker crashes',
      series: [
        input(METRICS.workerRestartsTotal, { reason: 'crash' }, '0x20 1x40'),
        input(METRICS.workerRestartsTotal, { reason: 'rolling_restart' }, '0x60'),
      ],
      checks: [
        silent(20),
        { at: 22, firing: [{ alert: 'PoolWorkerCrashed', value: '1' }] },
        silent(40),
      ],
    },
    {
      name: 'workers are replaced by a rolling restart: edge of PoolWorkerCrashed',
      series: [
        input(METRICS.workerRestartsTotal, { reason: 'crash' }, '2x60'),
        input(METRICS.workerRestartsTotal, { reason: 'rolling_restart' }, '0x20 8x40'),
      ],
      checks: [silent(22), silent(40)],
    },
    {
      name: 'nobody looks at the database any more',
      series: [
        input(METRICS.pgSampleAgeSeconds, {}, '0.3x20 4x40'),
        input(METRICS.pgMaxConnections, {}, '30x20 stale'),
        input(METRICS.pgReservedConnections, {}, '3x20 stale'),
        input(METRICS.pgConnections, { worker: '1', state: 'idle' }, '27x20 stale'),
      ],
      checks: [
        {
          at: 10,
          firing: [
            { alert: 'PostgresSlotsExhausted', value: '0' },
            { alert: 'PostgresSlotsLow', value: '100%' },
          ],
        },
        silent(24),
        { at: 25, firing: [{ alert: 'PostgresSampleStale', value: '4s' }] },
      ],
    },
    {
      name: 'the last look at the database is three seconds old: edge of PostgresSampleStale',
      series: [input(METRICS.pgSampleAgeSeconds, {}, '3x60')],
      checks: [silent(40)],
    },
  ];
};
