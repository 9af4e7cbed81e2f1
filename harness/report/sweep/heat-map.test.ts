import { expect, test } from 'vitest';
import { computeBudget } from '../../sizing/budget.ts';
import { createPaint } from '../paint.ts';
import { visibleLength } from '../text-layout.ts';
import { compactRate } from './compact-number.ts';
import { type HeatMap, heatMapLines } from './heat-map.ts';

/** Cells of workers × (size+0) with 26 usable slots, and one more worker in a deploy. */
function mapOf(workers: readonly number[], poolSizes: readonly number[]): HeatMap {
  return {
    workers,
    poolSizes,
    cells: workers.map((count) =>
      poolSizes.map((poolSize) => {
        const { fits, fitsDuringRollout } = computeBudget({
          workers: count,
          shape: { poolSize, maxOverflow: 0 },
          rolloutSurge: 1,
          maxConnections: 30,
          superuserReserved: 3,
          reserved: 0,
          others: 1,
        });
        return {
          mark: ' ',
          number:
            count * poolSize < 1_000 ? String(count * poolSize) : compactRate(count * poolSize),
          tone: 'plain',
          fits,
          fitsDuringRollout,
        };
      }),
    ),
  };
}

function drawn(map: HeatMap, columns = 80): string {
  return heatMapLines(map, { columns, paint: createPaint(false) }).join('\n');
}

test('the budget is drawn between what fits and what does not, the deploy dotted before it', () => {
  // Of 26: 1 × 16 fits, 2 × 16 does not, 2 × 8 does, in a deploy too; 1 × 16 makes 32 in a deploy.
  expect(`\n${drawn(mapOf([1, 2, 4, 8], [1, 2, 4, 8, 16, 32]))}\n`).toBe(`
workers        1        2        4        8       16       32
      1        1        2        4        8┊      16│      32
                                           ┌────────┘
      2        2        4        8       16│      32       64
                                  ┌────────┘
      4        4        8       16│      32       64      128
                         ┌────────┘
      8        8       16│      32       64      128      256
`);
});

test('a row in which nothing fits has the line before its first cell', () => {
  expect(`\n${drawn(mapOf([26, 27], [1, 2]))}\n`).toBe(`
workers        1        2
     26┊      26│      52
       ┌────────┘
     27│      27       54
`);
});

test('without any limit in reach no line is drawn', () => {
  expect(drawn(mapOf([1, 2], [1, 2, 4]))).not.toMatch(/[│─┊┈┌┐└┘]/);
});

test('an unlimited pool stands first, and beyond the line', () => {
  const lines = drawn(mapOf([1], [0, 4])).split('\n');
  expect(lines[0]).toContain('∞');
  expect(lines[1]).toBe('      1│       0│       4');
});

test('a combination that is no cell stays empty and draws no line', () => {
  const map = mapOf([1], [1, 32]);
  expect(drawn({ ...map, cells: [[null, map.cells[0]?.[1] ?? null]] })).toBe(
    'workers        1       32\n      1                32',
  );
});

test.each([
  [12, 80],
  [12, 60],
  [40, 80],
  [3, 40],
  [64, 200],
])('%d pool sizes fit in %d columns, and every one of them is there', (count, columns) => {
  const sizes = Array.from({ length: count }, (_, index) => index + 900);
  const lines = drawn(mapOf([64], sizes), columns).split('\n');
  expect(Math.max(...lines.map(visibleLength))).toBeLessThanOrEqual(columns);
  const header = lines.filter((line) => line.startsWith('workers')).join(' ');
  expect(header.match(/\d+/g)?.map(Number)).toEqual(sizes);
});

test('a dozen pool sizes stand beside each other in eighty columns', () => {
  expect(
    drawn(
      mapOf(
        [1, 2],
        Array.from({ length: 12 }, (_, n) => n + 1),
      ),
    ),
  ).not.toContain('\n\n');
});

test('a map continued below repeats the line where it starts', () => {
  const sizes = Array.from({ length: 14 }, (_, index) => index + 7);
  const second = drawn(mapOf([2], sizes), 49).split('\n\n')[1] ?? '';
  // 2 × 13 fits, 2 × 14 does not: the second part begins with 14.
  expect(second).toBe(
    'workers    14    15    16    17    18    19    20\n      2│   28    30    32    34    36    38    40',
  );
});
