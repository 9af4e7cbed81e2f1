import { expect, test } from 'vitest';
import { rankCells } from './ranking.ts';
import { type ComparedCell, comparedCell } from './test/compared-cell.ts';

const rank = (cells: readonly ComparedCell[]) => {
  const { best, notDistinguishable, ranks, againstBest } = rankCells(cells.map(comparedCell));
  return {
    best: best?.id ?? null,
    alike: notDistinguishable.map(({ id }) => id),
    ranks: Object.fromEntries(ranks),
    againstBest: Object.fromEntries(againstBest),
  };
};

test('the fastest is the best where it is faster by more than the noise', () => {
  const found = rank([
    { id: 'c001', goodputs: [800, 810, 790], poolSize: 4 },
    { id: 'c002', goodputs: [400, 405, 398], poolSize: 2 },
    { id: 'c003', goodputs: [610, 600, 605], poolSize: 8 },
  ]);
  expect(found).toMatchObject({
    best: 'c001',
    alike: [],
    ranks: { c001: 1, c003: 2, c002: 3 },
    againstBest: { c002: { finding: 'lower', pairs: 3 }, c003: { finding: 'lower' } },
  });
});

test('of cells that cannot be told apart the one with the fewest connections is the best', () => {
  const found = rank([
    { id: 'c001', goodputs: [800, 830, 790], poolSize: 16 },
    { id: 'c002', goodputs: [805, 815, 785], poolSize: 4 },
    { id: 'c003', goodputs: [802, 812, 801], poolSize: 8 },
  ]);
  expect(found).toMatchObject({ best: 'c002', alike: ['c001', 'c003'] });
});

test('where all answer whatever comes, one whose p99 is far longer is not the best', () => {
  const goodputs = [300, 300, 300];
  const found = rank([
    { id: 'c001', goodputs, p99s: [800, 700, 900], poolSize: 1 },
    { id: 'c002', goodputs, p99s: [23, 24, 22], poolSize: 2 },
    { id: 'c003', goodputs, p99s: [20, 21, 19], poolSize: 8 },
  ]);
  expect(found).toMatchObject({ best: 'c002', alike: ['c001', 'c003'] });
});

test('a p99 that is not told to be longer, or not known, costs no connections', () => {
  const goodputs = [300, 300, 300];
  expect(
    rank([
      { id: 'c001', goodputs, p99s: [20, 200, 20], poolSize: 1 },
      { id: 'c002', goodputs, p99s: [30, 25, 20], poolSize: 8 },
    ]).best,
  ).toBe('c001');
  expect(
    rank([
      { id: 'c001', goodputs, p99s: [null, null, null], poolSize: 1 },
      { id: 'c002', goodputs, p99s: [20, 21, 19], poolSize: 8 },
    ]).best,
  ).toBe('c001');
});

test('where too few were asked for a p99 the median tells as well', () => {
  const goodputs = [80, 81, 79];
  const found = rank([
    { id: 'c001', goodputs, p50s: [60, 58, 66], poolSize: 2 },
    { id: 'c002', goodputs, p50s: [24, 25, 23], poolSize: 3 },
    { id: 'c003', goodputs, p50s: [21, 22, 21], poolSize: 8 },
  ]);
  expect(found.best).toBe('c002');
});

test('of shapes that are each quicker in their way one is the best', () => {
  const goodputs = [80, 81, 79];
  const found = rank([
    { id: 'c001', goodputs, p50s: [10, 10, 10], p99s: [90, 91, 90], poolSize: 2 },
    { id: 'c002', goodputs, p50s: [20, 20, 20], p99s: [40, 40, 41], poolSize: 8 },
  ]);
  expect(found.best).toBe('c002');
});

test('a shorter p99 makes up for no goodput', () => {
  const found = rank([
    { id: 'c001', goodputs: [400, 401, 399], p99s: [200, 210, 190], poolSize: 4 },
    { id: 'c002', goodputs: [300, 301, 299], p99s: [20, 21, 19], poolSize: 2 },
  ]);
  expect(found.best).toBe('c001');
});

test('one lucky round is not the best where the others have more of them', () => {
  const lucky = { id: 'c001', goodputs: [null, 990, null], poolSize: 1 };
  const others = [
    { id: 'c002', goodputs: [900, 905, 903], poolSize: 4 },
    { id: 'c003', goodputs: [800, 810, 790], poolSize: 2 },
  ];
  expect(rank([lucky, ...others])).toMatchObject({ best: 'c002', ranks: { c001: 1, c002: 2 } });
});

test('at the begin of the second round the cells that have it already are not preferred', () => {
  const found = rank([
    { id: 'c001', goodputs: [990] },
    { id: 'c002', goodputs: [500] },
    { id: 'c003', goodputs: [300, 310] },
    { id: 'c004', goodputs: [400, 390] },
  ]);
  expect(found.best).toBe('c001');
});

test('with the same ceiling the fewer connections kept decide, then the order of the plan', () => {
  const goodputs = [800, 810, 790];
  expect(
    rank([
      { id: 'c001', goodputs, poolSize: 6 },
      { id: 'c002', goodputs, poolSize: 2, maxOverflow: 4 },
      { id: 'c003', goodputs, poolSize: 2, maxOverflow: 4 },
    ]).best,
  ).toBe('c002');
});

test('a cell below the top by more than the margin is not the best, however uncertain that is', () => {
  const found = rank([
    { id: 'c001', goodputs: [1_000, 700, 1_300], poolSize: 16 },
    { id: 'c002', goodputs: [700, 1_000, 900], poolSize: 2 },
  ]);
  expect(found).toMatchObject({ best: 'c001', alike: ['c002'] });
});

test('a cell that does not fit is not the best for having been lucky', () => {
  const found = rank([
    { id: 'c001', goodputs: [900, 905, 903], workers: 4, poolSize: 32 },
    { id: 'c002', goodputs: [800, 810, 790], workers: 4, poolSize: 8 },
  ]);
  expect(found).toMatchObject({
    best: 'c002',
    ranks: { c001: 1, c002: 2 },
    againstBest: { c001: { finding: 'higher' } },
  });
});

test('one that answers twice as much without fitting has no part in the noise of the others', () => {
  const calm = [
    { id: 'c001', goodputs: [400, 401, 400], poolSize: 4 },
    { id: 'c002', goodputs: [385, 386, 385], poolSize: 2 },
  ];
  const wild = { id: 'c003', goodputs: [900, 1_900, 1_100], workers: 4, poolSize: 32 };
  expect(rank([...calm, wild])).toMatchObject({
    best: rank(calm).best,
    alike: rank(calm).alike,
    againstBest: rank(calm).againstBest,
  });
});

test('nor is one that fits until the next deploy, if another is at hand', () => {
  // 2 × 40 = 80 of 96 slots, 120 with one worker more.
  const unsafe = { id: 'c001', goodputs: [900, 905, 903], workers: 2, poolSize: 40 };
  const safe = { id: 'c002', goodputs: [800, 810, 790], workers: 2, poolSize: 20 };
  const beyond = { id: 'c003', goodputs: [950, 955, 953], workers: 2, poolSize: 50 };
  expect(rank([unsafe, safe]).best).toBe('c002');
  expect(rank([unsafe, beyond]).best).toBe('c001');
  expect(rank([beyond]).best).toBe('c003');
});

test.each(['exhausted', 'overloaded', 'starved', 'failing', 'threshold_missed'] as const)(
  'a cell that is %s has no rank, and still a ratio',
  (state) => {
    const found = rank([
      { id: 'c001', goodputs: [900, 905, 903], state },
      { id: 'c002', goodputs: [800, 810, 790] },
    ]);
    expect(found).toMatchObject({ best: 'c002', alike: [], ranks: { c002: 1 } });
    expect(found.againstBest['c001']).toMatchObject({ finding: 'higher' });
  },
);

test('without a usable cell there is no best, and nothing to compare with', () => {
  expect(rank([{ id: 'c001', goodputs: [900], state: 'exhausted' }])).toEqual({
    best: null,
    alike: [],
    ranks: {},
    againstBest: {},
  });
  expect(rank([])).toMatchObject({ best: null });
});

test('rounds are paired, so that a machine that slows down for all takes nothing away', () => {
  const found = rank([
    { id: 'c001', goodputs: [1_000, 500, 250], poolSize: 16 },
    { id: 'c002', goodputs: [800, 401, 199], poolSize: 2 },
  ]);
  expect(found).toMatchObject({ best: 'c001', alike: [] });
  expect(found.againstBest['c002']?.ratio).toBeCloseTo((0.8 * 0.802 * 0.796) ** (1 / 3), 9);
});

test('a round that may not be believed takes part in no pair', () => {
  const found = rank([
    { id: 'c001', goodputs: [800, 810, 790] },
    { id: 'c002', goodputs: [400, null, 398] },
  ]);
  expect(found.againstBest['c002']).toMatchObject({ pairs: 2 });
});

test('one round is judged by the intervals within it', () => {
  const apart = rank([
    { id: 'c001', goodputs: [800], ownHalfWidth: 0.05 },
    { id: 'c002', goodputs: [700], ownHalfWidth: 0.05 },
  ]);
  expect(apart).toMatchObject({
    best: 'c001',
    alike: [],
    againstBest: { c002: { pairs: 1, interval: null, finding: 'lower', ratio: 0.875 } },
  });
  const overlapping = rank([
    { id: 'c001', goodputs: [800], ownHalfWidth: 0.1 },
    { id: 'c002', goodputs: [700], ownHalfWidth: 0.1 },
  ]);
  expect(overlapping).toMatchObject({ best: 'c001', alike: ['c002'] });
});

test('one round without intervals calls nothing lower, and nothing alike that is half as fast', () => {
  const found = rank([
    { id: 'c001', goodputs: [800], ownHalfWidth: null, poolSize: 16 },
    { id: 'c002', goodputs: [700], ownHalfWidth: null, poolSize: 2 },
    { id: 'c003', goodputs: [100], ownHalfWidth: null, poolSize: 1 },
  ]);
  expect(found).toMatchObject({
    best: 'c001',
    alike: ['c002'],
    againstBest: { c003: { finding: 'not_distinguishable', ratio: 0.125 } },
  });
});

test('a cell whose answers all come late is lower, though 0 has no logarithm', () => {
  const found = rank([
    { id: 'c001', goodputs: [800, 810, 790] },
    { id: 'c002', goodputs: [0, 3, 0], poolSize: 1 },
  ]);
  expect(found).toMatchObject({
    best: 'c001',
    alike: [],
    againstBest: { c002: { interval: null, finding: 'lower', ratio: 3 / 2_400 } },
  });
});

test('a difference below the margin is none worth having, however certain', () => {
  const found = rank([
    { id: 'c001', goodputs: [1_000, 1_000, 1_000], poolSize: 16 },
    { id: 'c002', goodputs: [980, 980, 980], poolSize: 2 },
    { id: 'c003', goodputs: [960, 960, 960], poolSize: 1 },
  ]);
  expect(found).toMatchObject({ best: 'c002', alike: ['c001', 'c003'] });
});

test('a cell half as fast as the top is not called like the best, whatever its rounds leave open', () => {
  const found = rank([
    { id: 'c001', goodputs: [1_000, 1_000], poolSize: 16 },
    { id: 'c002', goodputs: [980, 980], poolSize: 2 },
    { id: 'c003', goodputs: [300, 820], poolSize: 1 },
  ]);
  expect(found).toMatchObject({
    best: 'c002',
    alike: ['c001'],
    againstBest: { c003: { finding: 'not_distinguishable' } },
  });
});
