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

/** As if the rounds lay so far apart that they told nothing. */
function blurred(result: SweepResult, workload: Situation['workload']): SweepResult {
  const situations = result.situations.map((situation): Situation => {
    const { best, bestOverWorst } = situation;
    if (situation.workload !== workload || bestOverWorst === null) return situation;
    const goodput = {
      pairs: 3,
      ratio: 1.92,
      interval: { low: 0.9, high: 4.1 },
      finding: 'not_distinguishable' as const,
    };
    return {
      ...situation,
      notDistinguishable: situation.cells.filter((id) => id !== best),
      bestOverWorst: { ...bestOverWorst, goodput },
    };
  });
  return { ...result, situations };
}

test('where no shape is told from another that is the answer, and what to do about it', () => {
  const hot = blurred(swept({ workload: ['hot'], poolSize: [1, 2, 4] }), 'hot');
  expect(headline(hot)).toMatch(
    /^hot: no difference could be told between 3 shapes; 4 × \(\d\+0\) answers [\d,.]+ \[.*\]\/s in time, 1\.92 \[0\.90–4\.1\] × as much as the worst, 4 × \(\d\+0\); measure longer or in more rounds$/,
  );
});

test('of several situations the first line tells which are undecided', () => {
  const both = blurred(swept({ workload: ['hot', 'hold'], poolSize: [1, 2, 4] }), 'hot');
  expect(headline(both)).toMatch(
    /^BEST of hot: 4 × \(\d\+0\) \(no difference could be told\); hold: 4 × \(4\+0\)\n/,
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
