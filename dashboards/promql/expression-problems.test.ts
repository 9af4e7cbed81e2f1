import { expect, test } from 'vitest';
import { METRICS } from '../../server/contract.ts';
import { expressionProblems } from './expression-problems.ts';
import { KNOWN_SERIES } from './metric-contract.ts';

test.each([
  `sum by (worker) (rate(${METRICS.waitSeconds}_bucket{result="ok"}[5s]))`,
  `histogram_quantile(0.99, sum by (le, job) (rate(${METRICS.waitSeconds}_bucket[5s])))`,
  `${METRICS.pgConnections}{worker=~"[0-9]+", state=~"idle_in_transaction.*"}`,
  `sum(${METRICS.connectErrorsTotal}{sqlstate="53300", reason=~"role_limit|database_limit"})`,
  'up{job="pool-lab-api"} == 0',
  'ALERTS{alertstate="firing", alertname="PoolLeak"}',
])('%s is right', (expression) => {
  expect(expressionProblems(expression)).toEqual([]);
});

test.each([
  ['pool_lab_nothing_total', 'pool_lab_nothing_total does not exist'],
  [METRICS.waitSeconds, `${METRICS.waitSeconds} does not exist`],
  [`${METRICS.pendingRequests}_bucket`, `${METRICS.pendingRequests}_bucket does not exist`],
  [`${METRICS.pendingRequests}{state="used"}`, `${METRICS.pendingRequests} has no label state`],
  [
    `${METRICS.connectionCount}{state="busy"}`,
    `state of ${METRICS.connectionCount} is never "busy"`,
  ],
  [
    `${METRICS.connectionCount}{state!="busy"}`,
    `state of ${METRICS.connectionCount} is never "busy"`,
  ],
  [
    `${METRICS.connectionCount}{state=~"used|busy"}`,
    `state of ${METRICS.connectionCount} is never "busy"`,
  ],
  [
    `${METRICS.connectionCount}{state=~"b.*"}`,
    `state of ${METRICS.connectionCount} is never "b.*"`,
  ],
  [`sum by (pool) (${METRICS.pendingRequests})`, 'no metric of it has the label pool'],
  ['{job="pool-lab-api"}', 'a selector without the name of a metric'],
  [`${METRICS.waitSeconds}_bucket{le="1"}`, 'matches a bucket literally, le 1'],
])('%s: %s', (expression, problem) => {
  expect(expressionProblems(expression)).toEqual([problem]);
});

test('what a recording rule makes is known where it is named, buckets stay unmatched', () => {
  const expression = 'job:made:rate{le="1", tier="x"}';
  expect(expressionProblems(expression)).toContain('job:made:rate does not exist');
  expect(expressionProblems(expression, { recorded: ['job:made:rate'] })).toEqual([
    'matches a bucket literally, le 1',
  ]);
});

test('a histogram is known by its three series, and no other name twice', () => {
  const names = [...KNOWN_SERIES.keys()];
  expect(names.filter((name) => name.startsWith(METRICS.useSeconds))).toEqual([
    `${METRICS.useSeconds}_bucket`,
    `${METRICS.useSeconds}_sum`,
    `${METRICS.useSeconds}_count`,
  ]);
  expect(new Set(names).size).toBe(names.length);
});
