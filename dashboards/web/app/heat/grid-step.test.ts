import { expect, test } from 'vitest';
import { firstOf, gridStep } from './grid-step.ts';

/** `#` is a cell, `.` none. */
const grid = (...rows: readonly string[]): readonly (readonly boolean[])[] =>
  rows.map((row) => [...row].map((place) => place === '#'));

const map = grid('###', '#.#', '.##');

test.each([
  { key: 'ArrowRight', from: [0, 0], to: [0, 1], why: 'to the next cell' },
  { key: 'ArrowRight', from: [1, 0], to: [1, 2], why: 'over an empty place' },
  { key: 'ArrowDown', from: [0, 1], to: [2, 1], why: 'over an empty place' },
  { key: 'ArrowLeft', from: [2, 1], to: [2, 1], why: 'not where no cell follows' },
  { key: 'ArrowUp', from: [0, 2], to: [0, 2], why: 'not beyond the edge' },
  { key: 'Home', from: [2, 2], to: [2, 1], why: 'to the first cell of the row' },
  { key: 'End', from: [1, 0], to: [1, 2], why: 'to the last cell of the row' },
])('$key goes $why', ({ key, from: [row = 0, column = 0], to }) => {
  const step = gridStep(map, { row, column }, { key, far: false });
  expect([step?.row, step?.column]).toEqual(to);
});

test('with Ctrl, Home and End go to the ends of the whole map', () => {
  expect(gridStep(map, { row: 1, column: 0 }, { key: 'End', far: true })).toEqual({
    row: 2,
    column: 2,
  });
  expect(gridStep(grid('.#'), { row: 0, column: 1 }, { key: 'Home', far: true })).toEqual(
    firstOf(grid('.#')),
  );
});

test('any other key is left to the browser', () => {
  expect(gridStep(map, { row: 0, column: 0 }, { key: 'Tab', far: false })).toBeNull();
});
