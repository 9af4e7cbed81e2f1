import { GONE_WORKERS_PREFIX, METRICS } from '../../../server/contract.ts';
import { recordedNames } from '../rules/recorded.ts';
import { API, API_WORKER, type InputSeries, input, type ScenariosOf, silent } from './scenario.ts';

const W1 = { worker: '1' };
const GONE = { worker: `${GONE_WORKERS_PREFIX}7` };
const WAITERS = { alert: 'PoolWaiters', value: '100%' };
const LEAK = { alert: 'PoolLeak', value: '1' };

/** A pool of five where everything is in use, three wait, and nothing is given back from scrape 20 on. */
const LEAKING: readonly InputSeries[] = [
  input(METRICS.connectionCount, { ...W1, state: 'used' }, '5x60'),
  input(METRICS.connectionCount, { ...W1, state: 'idle' }, '0x60'),
  input(METRICS.connectionMax, W1, '5x60'),
  input(METRICS.pendingRequests, W1, '3x60'),
  input(`${METRICS.useSeconds}_count`, W1, '0+10x20 200x40'),
];

/** The same with some series as given, and without those that have no values. */
function leakingBut(...changed: readonly InputSeries[]): readonly InputSeries[] {
  return LEAKING.map((one) => changed.find(({ series }) => series === one.series) ?? one).filter(
    ({ values }) => values !== '',
  );
}

/** Ten waits a second, all longer than 1 s and at most 10 s, but none before scrape 20: a p99 of 9.91 s. */
const longWaits = (seconds: number): readonly InputSeries[] =>
  [
    ['1', '0x60'],
    ['10', `0x20 ${10 * seconds}+${10 * seconds}x40`],
    ['+Inf', `0x20 ${10 * seconds}+${10 * seconds}x40`],
  ].map(([le = '', values = '']) =>
    input(`${METRICS.waitSeconds}_bucket`, { ...W1, result: 'ok', le }, values),
  );

/** Queues and waits as the pools see them. */
export const poolScenarios: ScenariosOf = (windows) => {
  const recorded = recordedNames(windows);
  const seconds = windows.scrapeSeconds;
  const saturated = (worker: string, values: string) =>
    input(METRICS.saturatedSecondsTotal, { worker }, values);
  return [
    {
      name: 'somebody waits all the time in one of two pools',
      series: [
        saturated('1', `0x20 ${seconds}+${seconds}x40`),
        saturated('2', '0x60'),
        input(METRICS.pendingSecondsTotal, W1, `0x20 ${3 * seconds}+${3 * seconds}x40`),
        input(METRICS.pendingSecondsTotal, { worker: '2' }, '0x60'),
      ],
      checks: [
        silent(24),
        silent(29),
        {
          at: 34,
          firing: [WAITERS],
          recorded: [
            { record: recorded.saturated, labels: API, value: 1 },
            { record: recorded.poolQueue, labels: { ...API, worker: '2' }, value: 0 },
            { record: recorded.poolQueue, labels: API_WORKER, value: 3 },
            { record: recorded.queue, labels: API, value: 3 },
          ],
        },
      ],
    },
    {
      name: 'somebody waits three quarters of the time: edge of PoolWaiters',
      series: [saturated('1', `0+${0.75 * seconds}x60`)],
      checks: [silent(20), silent(40)],
    },
    {
      name: 'a rate that was extrapolated to more than the time there is',
      series: [saturated('1', `0+${1.03 * seconds}x60`)],
      checks: [{ at: 40, firing: [WAITERS] }],
    },
    {
      name: 'a burst is over soon: edge of PoolWaiters',
      series: [saturated('1', `0x20 ${seconds}+${seconds}x3 ${4 * seconds}x40`)],
      checks: [silent(22), silent(26), silent(20), silent(40)],
    },
    {
      name: 'a gauge that happens to be zero at every scrape hides no queue from the integral',
      series: [saturated('1', `0+${seconds}x60`), input(METRICS.pendingRequests, W1, '0x60')],
      checks: [{ at: 40, firing: [WAITERS] }],
    },
    {
      name: 'totals of workers that are long dead are nobody who waits',
      series: [
        saturated(GONE.worker, `0+${seconds}x60`),
        input(METRICS.timeoutsTotal, GONE, '0x20 500x40'),
        input(
          METRICS.connectErrorsTotal,
          { ...GONE, sqlstate: '53300', reason: 'too_many_clients' },
          '0x20 500x40',
        ),
      ],
      checks: [silent(21), silent(40)],
    },
    {
      name: 'waits take nearly the pool timeout',
      series: [...longWaits(seconds), input(METRICS.poolTimeoutSeconds, W1, '10x60')],
      checks: [
        silent(24),
        {
          at: 40,
          firing: [{ alert: 'PoolWaitLong', value: '99.1%' }],
          recorded: [{ record: recorded.waitP99, labels: API, value: 9.91 }],
        },
      ],
    },
    {
      name: 'waits take a little less than half of the pool timeout: edge of PoolWaitLong',
      series: [...longWaits(seconds), input(METRICS.poolTimeoutSeconds, W1, '20x60')],
      checks: [silent(40)],
    },
    {
      name: 'the bucket that the longest waits are in ends after the pool timeout',
      series: [...longWaits(seconds), input(METRICS.poolTimeoutSeconds, W1, '8x60')],
      checks: [{ at: 40, firing: [{ alert: 'PoolWaitLong', value: '100%' }] }],
    },
    {
      name: 'waits are long, but the pool waits for ever',
      series: longWaits(seconds),
      checks: [silent(40)],
    },
    {
      name: 'nobody has asked for a connection: no percentile, and no alert',
      series: [
        ...longWaits(seconds).map(({ series }) => ({ series, values: '7x60' })),
        input(METRICS.poolTimeoutSeconds, W1, '10x60'),
      ],
      checks: [silent(40)],
    },
    {
      name: 'three requests time out',
      series: [input(METRICS.timeoutsTotal, W1, '0x20 3x40')],
      checks: [silent(20), { at: 22, firing: [{ alert: 'PoolTimeouts', value: '3' }] }, silent(40)],
    },
    {
      name: 'a counter that its first events make appear counts them',
      series: [input('up', {}, '1x60'), input(METRICS.timeoutsTotal, W1, '_x19 3x40')],
      checks: [silent(18), { at: 20, firing: [{ alert: 'PoolTimeouts', value: '3' }] }, silent(40)],
    },
    {
      name: 'what was counted before Prometheus or the process began is no event: edge of PoolTimeouts',
      series: [
        input('up', {}, '1x10 0x15 1x40'),
        input(METRICS.timeoutsTotal, W1, '500x10 stale _x14 500x10 0x30'),
      ],
      checks: [silent(2), silent(10), silent(27), silent(36), silent(39)],
    },
    {
      name: 'connections are held and none comes back',
      series: LEAKING,
      checks: [
        { at: 27, firing: [WAITERS] },
        { at: 33, firing: [WAITERS] },
        { at: 40, firing: [WAITERS, LEAK] },
      ],
    },
    {
      name: 'nothing was ever given back, so that there is not even a count of it',
      series: leakingBut(input(`${METRICS.useSeconds}_count`, W1, '')),
      checks: [{ at: 40, firing: [WAITERS, LEAK] }],
    },
    {
      name: 'one connection comes back now and then: edge of PoolLeak',
      series: leakingBut(
        input(`${METRICS.useSeconds}_count`, W1, '0+10x20 200x5 201x5 202x5 203x5 204x5 205x10'),
      ),
      checks: [{ at: 51, firing: [WAITERS] }],
    },
    {
      name: 'one connection is left: edge of PoolLeak',
      series: leakingBut(input(METRICS.connectionCount, { ...W1, state: 'used' }, '4x60')),
      checks: [{ at: 40, firing: [WAITERS] }],
    },
    {
      name: 'all connections are in long use, but nobody waits',
      series: leakingBut(input(METRICS.pendingRequests, W1, '0x60')),
      checks: [silent(40)],
    },
    {
      name: 'a pool without a limit leaks nothing that could be told',
      series: leakingBut(input(METRICS.connectionMax, W1, '')),
      checks: [{ at: 40, firing: [WAITERS] }],
    },
    {
      name: 'a blocked worker tells the same for long: that is no leak',
      series: [...LEAKING, input(METRICS.snapshotAgeSeconds, W1, '0.3x20 5x40')],
      checks: [{ at: 40, firing: [WAITERS, { alert: 'PoolWorkerStale', value: '5s' }] }],
    },
  ];
};
