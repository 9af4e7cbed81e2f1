import { expect, test } from 'vitest';
import type { Cell } from '../sweep-types.ts';
import { curveSpecs } from './curve-specs.ts';

/** Of a cell only what curves look at. */
const cell = (workers: number, poolSize: number, goodput: number | null): Cell =>
  ({
    variables: { workers, poolSize },
    goodputPerSecond: goodput === null ? null : { value: goodput, interval: null },
    latencyMsP99: null,
  }) as Cell;

const grid = {
  workers: [1, 4],
  poolSizes: [2, 8, 0],
  cells: [
    [cell(1, 2, 100), cell(1, 8, 300), cell(1, 0, 50)],
    [cell(4, 2, 310), null, cell(4, 0, null)],
  ],
  fits: [],
};
const connectionsOf = ({ variables: { workers, poolSize } }: Cell): number | null =>
  poolSize === 0 ? null : workers * poolSize;

test('over the pool size each number of workers has a value in every column that was measured', () => {
  const [goodput] = curveSpecs({ grid, axis: 'pool_size', connectionsOf });
  expect(goodput?.xs.map(goodput.formatX)).toEqual(['2', '8', '∞']);
  expect(goodput?.lines.map(({ name, values }) => [name, values])).toEqual([
    ['1 worker', [100, 300, 50]],
    ['4 workers', [310, null, null]],
  ]);
});

test('over connections shapes that claim as much stand above each other, unlimited ones nowhere', () => {
  const [goodput] = curveSpecs({ grid, axis: 'connections', connectionsOf });
  expect(goodput?.xs).toEqual([2, 8]);
  expect(goodput?.lines.map(({ values }) => values)).toEqual([
    [100, 300],
    [null, 310],
  ]);
});
