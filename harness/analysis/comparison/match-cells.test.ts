import { expect, test } from 'vitest';
import { expandCells } from '../../plan/sweep/cells.ts';
import type { Axes } from '../../plan/sweep/sweep-plan.ts';
import { sampleSweepPlan } from '../sweep/test/sample-sweep.ts';
import { matchCells } from './match-cells.ts';

const run = (axes: Partial<Axes>) => {
  const plan = sampleSweepPlan({
    axes: { workload: ['hot'], maxOverflow: [0], workers: [1, 2], poolSize: [4, 8], ...axes },
  });
  return { axes: plan.axes, cells: expandCells(plan) };
};
const names = (matched: ReturnType<typeof matchCells>) =>
  matched.pairs.map(({ left, right }) => `${left.id}=${right.id}`);

test('cells of the same variables are matched, wherever they stand', () => {
  const matched = matchCells(run({}), run({ workers: [2, 1], poolSize: [8, 4] }));
  expect(names(matched)).toEqual(['c001=c004', 'c002=c003', 'c003=c002', 'c004=c001']);
  expect(matched.unmatched).toEqual({ left: [], right: [] });
});

test('those that one run alone has are listed', () => {
  const matched = matchCells(run({ workers: [1, 2] }), run({ workers: [2, 4] }));
  expect(names(matched)).toEqual(['c003=c001', 'c004=c002']);
  expect(matched.unmatched.left.map(({ id }) => id)).toEqual(['c001', 'c002']);
  expect(matched.unmatched.right.map(({ id }) => id)).toEqual(['c003', 'c004']);
});

test('an axis with one value on each side is a setting of the run, and matches nothing', () => {
  const matched = matchCells(run({ maxConnections: [100] }), run({ maxConnections: [200] }));
  expect(matched.matchedBy).toEqual(['workers', 'poolSize']);
  expect(names(matched)).toEqual(['c001=c001', 'c002=c002', 'c003=c003', 'c004=c004']);
});

test('one that varies on a single side matches', () => {
  const matched = matchCells(run({ maxConnections: [100, 200] }), run({ maxConnections: [200] }));
  expect(matched.matchedBy).toEqual(['maxConnections', 'workers', 'poolSize']);
  expect(names(matched)).toEqual(['c005=c001', 'c006=c002', 'c007=c003', 'c008=c004']);
});

test('without a pool the shape that a plan happens to give does not matter', () => {
  const kinds: Partial<Axes> = { poolKind: ['null', 'queue'] };
  const matched = matchCells(run({ ...kinds }), run({ ...kinds, poolSize: [16, 8] }));
  // Both runs have one worker without a pool, whatever its sizes.
  expect(matched.pairs.map(({ left }) => left.variables.poolKind)).toContain('null');
});
