import { expect, test } from 'vitest';
import { budgetEdges, type Fit } from './budget-edges.ts';

const safe: Fit = { fits: true, fitsDuringRollout: true };
const tight: Fit = { fits: true, fitsDuringRollout: false };
const over: Fit = { fits: false, fitsDuringRollout: false };

const drawn = (fits: readonly (readonly (Fit | null)[])[]): readonly string[] =>
  budgetEdges(fits).flatMap((row, y) =>
    row.flatMap((edges, x) => edges.map(({ side, line }) => `${y},${x} ${side} ${line}`)),
  );

test('the lines run between what fits and what does not', () => {
  expect(drawn([[safe, tight, over]])).toEqual(['0,0 right rollout', '0,1 right budget']);
});

test('where both lines meet the budget is drawn', () => {
  expect(drawn([[safe, over]])).toEqual(['0,0 right budget']);
});

test('the line steps down where more workers take more connections', () => {
  expect(
    drawn([
      [safe, safe, over],
      [safe, over, over],
    ]),
  ).toEqual(['0,1 right budget', '0,1 bottom budget', '1,0 right budget']);
});

test('a row in which nothing fits has its line on the left', () => {
  expect(drawn([[safe], [over]])).toEqual(['0,0 bottom budget', '1,0 left budget']);
});

test('no line is drawn where there is no cell to tell', () => {
  expect(drawn([[safe, null, over]])).toEqual([]);
});
