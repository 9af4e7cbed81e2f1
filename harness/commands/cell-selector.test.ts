import { expect, test } from 'vitest';
import { sampleSweepPlan } from '../analysis/sweep/test/sample-sweep.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import { cellShapeText, selectCells } from './cell-selector.ts';

const cells = expandCells(
  sampleSweepPlan({
    axes: {
      workload: ['hot'],
      poolKind: ['queue', 'null'],
      maxOverflow: [0, -1],
      workers: [1, 4],
      poolSize: [0, 8],
    },
  }),
);
const named = (selector: string) => selectCells(cells, selector).map(({ id }) => id);

test.each(['4x8+0', '4X8+0', '4x(8+0)', '4 × (8+0)', '4*8+0', ' 4 x 8 + 0 '])(
  '%j is the cell of this shape',
  (selector) => {
    const [cell, ...others] = selectCells(cells, selector);
    expect(cell?.variables).toMatchObject({ workers: 4, poolSize: 8, maxOverflow: 0 });
    expect(others).toEqual([]);
  },
);

test('an id is that cell', () => {
  expect(named('c003')).toEqual(['c003']);
});

test('without a pool and without a limit there are words', () => {
  expect(named('4 × (no pool)')).toEqual(named('4xnopool'));
  expect(named('4xnopool')).toHaveLength(1);
  expect(named('4x8+unlimited')).toHaveLength(1);
});

test('every shape as it is printed finds its cell', () => {
  for (const cell of cells) expect(named(cellShapeText(cell))).toContain(cell.id);
});

test.each(['', 'c999', '4x9+0', 'best', '8+0'])('%j is none', (selector) => {
  expect(named(selector)).toEqual([]);
});

test('what several cells share is all of them', () => {
  expect(named('1x(unlimited)').length).toBeGreaterThan(1);
});
