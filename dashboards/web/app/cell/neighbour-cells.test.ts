import { expect, test } from 'vitest';
import type { Cell } from '../sweep-types.ts';
import { neighboursOf } from './neighbour-cells.ts';

/** Of a cell only its name. */
const cell = (id: string): Cell => ({ id }) as Cell;
const cells = [
  [cell('a'), cell('b'), cell('c')],
  [null, cell('d'), null],
];

test('the neighbours are one step away on each axis, none beyond an edge', () => {
  expect(neighboursOf({ cells }, 'b').map((one) => [one.direction, one.cell.id])).toEqual([
    ['smaller pool', 'a'],
    ['larger pool', 'c'],
    ['more workers', 'd'],
  ]);
});

test('a cell of another panel has none here', () => {
  expect(neighboursOf({ cells }, 'x')).toEqual([]);
});
