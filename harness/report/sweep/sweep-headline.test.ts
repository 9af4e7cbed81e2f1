import { expect, test } from 'vitest';
import type { Situation, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import type { Axes } from '../../plan/sweep/sweep-plan.ts';
import { headlineTexts, namesText } from './sweep-headline.ts';
import { viewSweep } from './sweep-view.ts';

function swept(axes: Partial<Axes>): SweepResult {
  return sampleSweepResult({ axes: { workers: [4], maxOverflow: [0], ...axes } });
}
const headline = (result: SweepResult): string => headlineTexts(viewSweep(result)).join('\n');

/** As if the rounds lay so far apart that they told nothing, and the second shape had been the luckiest. */
function blurred(result: SweepResult, workload: Situation['workload']): SweepResult {
  const situations = result.situations.map((situation): Situation => {
    const { bestOverWorst, cells } = situation;
    if (situation.workload !== workload || bestOverWorst === null) return situation;
    const [, best = null] = cells;
    const goodput = {
      pairs: 3,
      ratio: 1.92,
      interval: { low: 0.9, high: 4.1 },
      finding: 'not_distinguishable' as const,
    };
    return {
      ...situation,
      best,
      worst: cells.at(-1) ?? null,
      notDistinguishable: cells.filter((id) => id !== best),
      bestOverWorst: { ...bestOverWorst, goodput },
    };
  });
  return { ...result, situations };
}

test('where no shape is told from another that is the answer, and what to do about it', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  expect(headline(hot)).toMatch(
    /^hot: no difference in answers\/s could be told between 3 shapes; 4 × \(\d\+0\) answers [\d,.]+ \[.*\]\/s in time, 1\.92 \[0\.90–4\.1\] × as much as the worst, 4 × \(\d\+0\); measure longer or in more rounds$/,
  );
});

test('shapes that cannot be used are counted beside those that could not be told apart', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  const cells = hot.cells.map((cell) =>
    cell.id === 'c003' ? { ...cell, state: 'exhausted' as const, rank: null } : cell,
  );
  const situations = hot.situations.map((situation) => ({ ...situation, worst: 'c001' }));
  expect(headline({ ...hot, cells, situations })).toMatch(/ between the 2 usable of 3 shapes; /);
});

test('of several situations the first line tells which are undecided', () => {
  const both = blurred(swept({ workload: ['hot', 'hold'], poolSize: [1, 2, 4] }), 'hot');
  expect(headline(both)).toMatch(
    /^BEST of hot: 4 × \(\d\+0\) \(not decided\); hold: 4 × \(4\+0\)\n/,
  );
});

test('the fewest connections are an answer where no other shape was told to be faster', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  const situations = hot.situations.map((situation) => ({
    ...situation,
    best: 'c001',
    notDistinguishable: ['c002', 'c003'],
  }));
  expect(headline({ ...hot, situations })).toMatch(
    /^hot: 4 × \(1\+0\) answers .*, not to be told from the worst, 4 × \(4\+0\) \(1\.92 /,
  );
});

test('one that was told from the best is enough for an answer', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  const situations = hot.situations.map((situation) => ({
    ...situation,
    notDistinguishable: situation.notDistinguishable.slice(1),
  }));
  expect(headline({ ...hot, situations })).toMatch(
    /^hot: 4 × \(\d\+0\) answers .*, not to be told/,
  );
});

test('a best shape with the largest pool that was tried says so, and how much larger would fit', () => {
  // 100 slots − 3 reserved − 1 monitor; 5 processes in a deploy: 19 each.
  expect(
    headline(swept({ workload: ['hold'], poolSize: [1, 2, 4], maxConnections: [100] })),
  ).toMatch(/; no larger pool was tried, and up to 4 × \(19\+0\) would fit in a rolling deploy$/);
});

test.each<[string, Partial<Axes>]>([
  ['none is larger within the budget', { workload: ['hold'], poolSize: [1, 19] }],
  ['larger ones were tried', { workload: ['hold'], workers: [1], poolSize: [4, 8, 128] }],
  ['overflow made larger ones', { workload: ['hot'], poolSize: [1, 2], maxOverflow: [0, 5] }],
  ['there is nothing to be better than', { workload: ['hold'], poolSize: [4] }],
])('nothing lies beyond the best shape where %s', (_, axes) => {
  expect(headline(swept({ ...axes, maxConnections: [100] }))).not.toContain('no larger pool');
});

test('one more name is named rather than counted', () => {
  expect(namesText(['a', 'b', 'c', 'd'])).toBe('a, b, c, d');
  expect(namesText(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more');
});

test('a best shape that fits only until the next deploy says so', () => {
  // 2 × 40 = 80 of 96 slots, 120 with one process more.
  const axes = { workers: [2], maxConnections: [100] };
  expect(headline(swept({ ...axes, workload: ['hold'], poolSize: [40, 48] }))).toContain(
    '; in a rolling deploy it can open',
  );
  expect(headline(swept({ ...axes, workload: ['hold'], poolSize: [20, 24] }))).not.toContain(
    'in a rolling deploy it can open',
  );
});

test('a worst cell that was not told from the best is not called so many times worse', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  const situations = hot.situations.map((situation) => ({ ...situation, notDistinguishable: [] }));
  expect(headline({ ...hot, situations })).toMatch(
    /in time, not to be told from the worst, 4 × \(\d\+0\) \(1\.92 \[0\.90–4\.1\] ×\)/,
  );
});

test('a mean far above another is not called equal to it, however wide the interval', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  const situations = hot.situations.map((situation): Situation => {
    const { bestOverWorst, notDistinguishable, worst } = situation;
    const goodput = bestOverWorst?.goodput ?? null;
    if (bestOverWorst === null || goodput === null) return situation;
    return {
      ...situation,
      notDistinguishable: notDistinguishable.filter((id) => id !== worst),
      bestOverWorst: {
        ...bestOverWorst,
        goodput: { ...goodput, ratio: 3.3, interval: { low: 0.64, high: 17 } },
      },
    };
  });
  expect(headline({ ...hot, situations })).toMatch(
    /s in time, 3\.3 \[0\.64–17\] × as much as the worst, 4 × \(\d\+0\), on average: the rounds differ too much to be sure; not to be told from 4 × \(\d\+0\)/,
  );
});

test('a shape that answers as much with fewer connections, and far later, is named with its p99', () => {
  const hot = swept({ workload: ['hot'], poolSize: [1, 2, 4] });
  const withP99s = (msOf: (poolSize: number) => number): SweepResult => ({
    ...hot,
    cells: hot.cells.map((cell) => ({
      ...cell,
      latencyMsP99: { value: msOf(cell.variables.poolSize), interval: null },
    })),
    situations: hot.situations.map((situation) => ({
      ...situation,
      best: 'c003',
      notDistinguishable: ['c002'],
    })),
  });
  expect(headline(withP99s((size) => 800 / size ** 3))).toContain(
    '; with fewer connections 4 × (2+0) answers as much, but its p99 is 100 ms and not 13 ms',
  );
  expect(headline(withP99s((size) => 100 - size))).not.toContain('fewer connections');
  const { cells, ...without } = withP99s((size) => 800 / size ** 3);
  const medians = cells.map((cell) => ({
    ...cell,
    latencyMs: { ...cell.latencyMs, p50: cell.latencyMsP99?.value ?? null },
    latencyMsP99: null,
  }));
  expect(headline({ ...without, cells: medians })).toContain(' its median is 100 ms and not 13 ms');
});

test('several damaged files are FILES', () => {
  const damaged = { ...swept({ workload: ['hot'] }), damage: ['a', 'b'] };
  expect(headline(damaged)).toMatch(/^2 FILES DAMAGED\. /);
});

test('a best shape some of whose requests failed says how many', () => {
  const hot = swept({ workload: ['hot'], poolSize: [1, 2, 4] });
  const [best] = hot.situations.map((situation) => situation.best);
  const cells = hot.cells.map((cell) =>
    cell.id === best
      ? { ...cell, requests: { ...cell.requests, scheduled: 20_000, failed: 7 } }
      : cell,
  );
  expect(headline(hot)).not.toContain('failed');
  expect(headline({ ...hot, cells })).toContain('; 7 of its 20,000 requests failed');
});
