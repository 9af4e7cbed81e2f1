import { expect, test } from 'vitest';
import { linesOf, panelsOf } from './cell-lines.ts';
import { frontierOf } from './frontier.ts';
import { kneesOf } from './knees.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import { type ComparedCell, comparedCell } from './test/compared-cell.ts';
import { sampleSweepPlan } from './test/sample-sweep.ts';

const cells = (...given: readonly Omit<ComparedCell, 'id'>[]): readonly SummarizedCell[] =>
  given.map((it, index) => comparedCell({ id: `c00${index + 1}`, ...it }));

const line = (...goodputs: readonly (number | null)[]): readonly SummarizedCell[] =>
  cells(...goodputs.map((it, index) => ({ goodputs: [it], poolSize: 2 ** index })));

const refused = (cell: SummarizedCell): SummarizedCell => ({
  ...cell,
  state: 'exhausted',
  requests: { ...cell.requests, refused: 3 },
});

const frontier = (given: readonly SummarizedCell[], rolloutSurge = 0) =>
  frontierOf(linesOf(given), sampleSweepPlan({ rolloutSurge }));

test('a panel has workers down and pool sizes across, with holes where there is no cell', () => {
  const goodputs = [1];
  expect(
    panelsOf(
      cells(
        { goodputs, workers: 4, poolSize: 0 },
        { goodputs, workers: 4, poolSize: 8 },
        { goodputs, workers: 1, poolSize: 8 },
        { goodputs, workers: 1, poolSize: 2 },
        { goodputs, workers: 1, poolSize: 2, maxOverflow: 5 },
      ),
    ),
  ).toEqual([
    {
      maxConnections: 100,
      poolKind: 'queue',
      maxOverflow: 0,
      workers: [1, 4],
      poolSizes: [2, 8, 0],
      cells: [
        ['c004', 'c003', null],
        [null, 'c002', 'c001'],
      ],
    },
    expect.objectContaining({ maxOverflow: 5, cells: [['c005']] }),
  ]);
});

test.each([
  [[100, 200, 300, 305], 2],
  [[100, 200, 300, 310], 3],
  [[300, 100, 100, 100], 0],
  [[295, 100, 300, 100], 0],
  [[null, 200, 201, null], 1],
])('of throughputs %j the knee is at index %i', (throughputs, index) => {
  const [knee] = kneesOf(linesOf(line(...throughputs)));
  expect(knee).toMatchObject({ poolSize: 2 ** index, cell: `c00${index + 1}` });
});

test.each([[[200, null, null]], [[0, 0, 0]], [[]]])('%j has no knee', (throughputs) => {
  expect(kneesOf(linesOf(line(...throughputs)))).toEqual([]);
});

test('the frontier has what fits beside what was not refused', () => {
  // Of 96 slots: 2 × 32 fit, 3 × 32 in a deploy too, 2 × 48 fit and 3 × 48 do not, 2 × 64 do not.
  const [small, good, tight, over] = [8, 32, 48, 64].map((poolSize, index) =>
    comparedCell({ id: `c00${index + 1}`, goodputs: [1], workers: 2, poolSize }),
  );
  if (!small || !good || !tight || !over) throw new Error('there are four');
  const common = { predictedSteady: 48, predictedRollout: 32, observedRollout: null };
  expect(frontier([small, good, tight, refused(over)])).toMatchObject([
    { ...common, workers: 2, observedSteady: 48 },
  ]);
  expect(frontier([small, good, tight, over])).toMatchObject([{ ...common, observedSteady: 64 }]);
  expect(frontier([refused(small), good])).toMatchObject([{ observedSteady: null }]);
});

test('a cell that was refused ends the frontier, whatever a larger one did', () => {
  const [first, second, third] = line(1, 1, 1);
  if (!first || !second || !third) throw new Error('there are three');
  expect(frontier([third, refused(second), first])).toMatchObject([{ observedSteady: 1 }]);
});

test('what was not measured says nothing of refusals, and is predicted all the same', () => {
  const [first, second] = line(1, 1);
  if (!first || !second) throw new Error('there are two');
  const missing: SummarizedCell = { ...second, state: 'not_measured', budget: null };
  expect(frontier([first, missing])).toMatchObject([{ observedSteady: 1, predictedSteady: 2 }]);
  expect(frontier([missing])).toMatchObject([{ observedSteady: null, predictedSteady: 2 }]);
});

test('with a rolling restart in every trial the frontier under it was observed', () => {
  expect(frontier(line(1, 1, 1), 1)).toMatchObject([{ observedSteady: 4, observedRollout: 4 }]);
});

test('an unlimited pool is the largest and never fits', () => {
  const unlimited = cells({ goodputs: [1], poolSize: 0 }, { goodputs: [1], poolSize: 4 }).map(
    (cell): SummarizedCell => ({ ...cell, budget: null }),
  );
  expect(frontier(unlimited)).toMatchObject([{ predictedSteady: 4, observedSteady: 0 }]);
});

test('without a pool there is no frontier', () => {
  const [cell] = line(1);
  if (!cell) throw new Error('there is one');
  expect(frontier([{ ...cell, variables: { ...cell.variables, poolKind: 'null' } }])).toEqual([]);
});
