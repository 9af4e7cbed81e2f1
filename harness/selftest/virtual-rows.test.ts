import { expect, test } from 'vitest';
import { batchInterval, meanOf } from './batch-interval.ts';
import { FAMILIES } from './families.ts';
import type { Family, Observation, Row } from './family.ts';
import { openLoad } from './load-request.ts';
import { meanWaitMs } from './mdc-wait.ts';
import { measuredLatency, measuredLatencyWithUnanswered } from './measured-latency.ts';
import { holds, type Quantity } from './quantity.ts';
import { frozenQuantileMs } from './rows/freeze.ts';
import { ORIGIN, simulateClosed, simulateOpen } from './test/simulated-runs.ts';

/*
 * The rows' arithmetic without a machine in between: the engine itself on a virtual clock, against a stub
 * that is never late. What is wrong here is wrong in the engine, the recorder or the row.
 */

const ROWS = FAMILIES.flatMap((family) =>
  family.rows
    // Breaking connections is what real sockets do; a simulated closed loop has none.
    .filter(({ engine }) => engine === 'open' || family.stub.breaks === undefined)
    .map((row) => ({ id: `${row.engine}/${family.name}`, family, row })),
);

test.each(ROWS)('$id: every quantity is right to the letter of its tolerance', async (one) => {
  expect(wrongOnes(one.row.judge(await simulate(one)))).toEqual([]);
});

test('the 99th percentile of a freeze is F − 0.01·D within 0.5 %', async () => {
  const [freezeMs, durationMs] = [2_000, 60_000];
  const load = openLoad({
    perSecond: 500,
    arrivals: 'constant',
    maxInFlight: 1_100,
    durationMs,
    drainMs: 5_000,
  });
  const plan = { serviceMs: 1, freeze: { atMs: 20_000, forMs: freezeMs } };
  const { load: result } = await simulateOpen(plan, load(ORIGIN));
  const truth = frozenQuantileMs({ q: 0.99, freezeMs, durationMs });
  const ours = measuredLatencyWithUnanswered(result).quantileMs(0.99) ?? 0;
  expect(Math.abs(ours - truth) / truth).toBeLessThan(0.005);
});

test.each([
  { slots: 1, holdMs: 10, utilization: 0.7, requests: 60_000 },
  { slots: 4, holdMs: 10, utilization: 0.8, requests: 80_000 },
  { slots: 8, holdMs: 10, utilization: 0.85, requests: 120_000 },
])(
  'over $slots slots at $utilization the mean wait is that of M/D/c, at 99.9 % confidence',
  async ({ slots, holdMs, utilization, requests }) => {
    const perSecond = (utilization * slots * 1_000) / holdMs;
    const load = openLoad({
      perSecond,
      arrivals: 'poisson',
      maxInFlight: 300,
      durationMs: (requests * 1_000) / perSecond,
      drainMs: 5_000,
    });
    const seen = await simulateOpen({ serviceMs: holdMs, slots }, load(ORIGIN));
    expect(seen.load.ledger.dropped).toBe(0);
    const waitedMs = seen.truth.times.map(({ arrivedMs, startedMs }) => startedMs - arrivedMs);
    const waitMs = (measuredLatency(seen.load).meanMs ?? 0) - holdMs;
    // Of the same requests: nothing but the histogram's three digits lies in between.
    expect(waitMs).toBeCloseTo(meanOf(waitedMs), 1);
    const { low, high } = batchInterval(waitedMs, { center: waitMs, confidence: 0.999 });
    const theoryMs = meanWaitMs({ perSecond, slots, holdMs });
    expect(theoryMs).toBeGreaterThan(low);
    expect(theoryMs).toBeLessThan(high);
    // An interval that holds everything would prove nothing.
    expect(high - low).toBeLessThan(0.6 * theoryMs);
  },
  30_000,
);

function simulate({
  family,
  row,
}: {
  readonly family: Family;
  readonly row: Row;
}): Promise<Observation> {
  const request = row.load(ORIGIN);
  return row.engine === 'open'
    ? simulateOpen(family.stub, request)
    : simulateClosed(family.stub, request);
}

function wrongOnes(quantities: readonly Quantity[]): readonly unknown[] {
  return quantities
    .filter((quantity) => !holds(quantity))
    .map(({ name, truth, ours }) => ({ name, truth, ours }));
}
