import { expect, test } from 'vitest';
import { percentiles, sampleTrial } from '../../report/test/sample-trial.ts';
import type { WatchedTrial } from '../trial-result.ts';
import { evaluateThresholds } from './threshold-results.ts';

const judged = (expression: string, changes: Partial<WatchedTrial> = {}) => {
  const [result] = evaluateThresholds([expression], sampleTrial(changes));
  return result;
};

test.each([
  ['latency.p99<200ms', true, '190 ms < 200 ms'],
  ['latency.p99 < 0.2s', true, '190 ms < 200 ms'],
  ['latency.p99<190ms', false, '190.2 ms ≥ 190 ms'],
  ['latency.p99<=190.2ms', true, '190 ms ≤ 190 ms'],
  ['errors.too_many_connections==0', false, '1,204 ≠ 0'],
  ['errors.deadlock==0', true, '0 = 0'],
  ['errors.rate<1%', false, '13.1 % ≥ 1 %'],
  ['pg.connections.peak<0.8*usable', false, '26 ≥ 20.8 = 0.8 × 26'],
  ['pg.connections.peak<=100%*usable', true, '26 ≤ 26'],
  ['pg.connections.peak<=usable', true, '26 ≤ 26'],
  ['ceiling<=usable', false, '60 > 26'],
  ['goodput>0.9*throughput', true, '790/s > 728/s = 0.9 × 809/s'],
  ['cpu.postgres<0.5*cores', true, '0.21 cores < 1 core = 0.5 × 2 cores'],
  ['wait.p99<0.5*latency.p99', false, '120 ms ≥ 95.1 ms = 0.5 × 190 ms'],
])('%s of the sample trial: %s, %s', (expression, met, detail) => {
  expect(judged(expression)).toEqual({ expression, met, detail });
});

test('results come in the order of asking, each as it was asked for', () => {
  const asked = ['refused==0', 'lost == 0', 'refused==0'];
  expect(evaluateThresholds(asked, sampleTrial()).map(({ expression }) => expression)).toEqual(
    asked,
  );
});

test.each(['latency.p999<9s', 'latency.p999>0', 'latency.p999==0', 'latency.p99<latency.p999'])(
  'a withheld number never meets %s, and says why',
  (expression) => {
    expect(judged(expression)).toMatchObject({
      met: false,
      detail: 'no number for latency.p999: 7,285 samples are too few for it: 10 must lie beyond',
    });
  },
);

test('an "at least" meets what it proves, and never what it does not', () => {
  const base = sampleTrial();
  const ok = percentiles({ samples: 1_000, censored: 20, p99: 45 });
  const changes = { latencyMs: { ...base.latencyMs, ok } };
  const why = '20 of 1,000 requests were never answered';
  expect(judged('latency.p99<50ms', changes)).toMatchObject({
    met: false,
    detail: `at least 45 ms need not be < 50 ms: ${why}`,
  });
  expect(judged('latency.p99<40ms', changes)).toMatchObject({
    met: false,
    detail: 'at least 45 ms ≥ 40 ms',
  });
  expect(judged('latency.p99>40ms', changes)).toMatchObject({
    met: true,
    detail: 'at least 45 ms > 40 ms',
  });
  expect(judged('latency.p99>50ms', changes)).toMatchObject({ met: false });
  expect(judged('wait.p99<latency.p99', changes)).toMatchObject({
    met: false,
    detail: `120 ms need not be < at least 45 ms: ${why}`,
  });
});

test('requests that the end of the run cut off are neither failures nor answers', () => {
  const requests = { ...sampleTrial().requests, httpErrors: {}, unanswered: 16, ok: 9_294 };
  const why = '16 requests were under way when the run was ended';
  const cut = { requests, ended: 'threshold_failed' } as const;
  expect(judged('errors.total==0', cut)).toMatchObject({
    met: false,
    detail: `0 to 16 need not be = 0: ${why}`,
  });
  expect(judged('errors.rate<0.1%', cut)).toMatchObject({
    met: false,
    detail: `0 % to 0.172 % need not be < 0.1 %: ${why}`,
  });
  expect(judged('errors.rate<1%', cut)).toMatchObject({ met: true });
  expect(judged('unanswered<17', cut)).toMatchObject({ met: true, detail: '0 to 16 < 17' });
  // Where the drain ran its full time they had theirs.
  expect(judged('errors.total==0', { requests })).toMatchObject({ met: false, detail: '16 ≠ 0' });
});

test('the threshold that ended the run is not met, whatever the rest of it says', () => {
  const stop = { expression: 'latency.p99<200ms', detail: '712 ms ≥ 200 ms after 6.0 s' };
  expect(evaluateThresholds(['latency.p99<200ms', 'lost==0'], sampleTrial(), stop)).toEqual([
    { expression: 'latency.p99<200ms', met: false, detail: '712 ms ≥ 200 ms after 6.0 s' },
    { expression: 'lost==0', met: true, detail: '0 = 0' },
  ]);
});

test('an expression that no plan would have accepted is a bug, not a threshold that is met', () => {
  expect(() => judged('latency.p99<50')).toThrow('has a time without a unit');
});
