import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../seeded-random.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import { summarizeSweep } from './summarize-sweep.ts';
import { sweepResultSchema } from './sweep-result.ts';
import { type ComparedCell, comparedCell } from './test/compared-cell.ts';
import {
  measuredFake,
  type SampleSweepOptions,
  sampleSweepPlan,
  sampleSweepResult,
  troubledSweepResult,
} from './test/sample-sweep.ts';
import { failedTrial, invalidChanges } from './test/troubled-trials.ts';

const summarized = (cells: readonly SummarizedCell[]) =>
  summarizeSweep(cells, {
    plan: sampleSweepPlan(),
    planHash: 'a3',
    createdAt: '2026-01-02T03:00:00.000Z',
    damage: [],
    environment: null,
    unseen: [],
    lastTrialAt: null,
  });

const WORKERS = [1, 2, 4] as const;
const SIZES = [1, 4, 16, 48] as const;

/** A grid of 3 × 4 cells, some of them useless, measured in three noisy rounds. */
const gridOfCells: fc.Arbitrary<readonly ComparedCell[]> = fc
  .tuple(
    fc.array(fc.double({ min: 50, max: 2_000, noNaN: true }), { minLength: 12, maxLength: 12 }),
    fc.array(fc.constantFrom('usable', 'usable', 'usable', 'exhausted', 'invalid'), {
      minLength: 12,
      maxLength: 12,
    }),
    fc.integer({ min: 0, max: 2 ** 31 }),
  )
  .map(([rates, states, seed]) => {
    const random = seededRandom(seed);
    return rates.map((rate, index): ComparedCell => {
      const state = states[index] === 'invalid' ? 'invalid' : (states[index] ?? 'usable');
      return {
        id: `c${String(index + 1).padStart(3, '0')}`,
        workers: WORKERS[Math.floor(index / SIZES.length)] ?? 1,
        poolSize: SIZES[index % SIZES.length] ?? 1,
        state: state === 'exhausted' ? 'exhausted' : state === 'invalid' ? 'invalid' : 'usable',
        goodputs: [1, 2, 3].map(() => (state === 'invalid' ? null : rate * (0.9 + 0.2 * random()))),
      };
    });
  });

const scaled = (cell: ComparedCell, factor: number): ComparedCell => ({
  ...cell,
  goodputs: cell.goodputs.map((it) => (it === null ? null : it * factor)),
});

test('the order in which cells come changes nothing', () => {
  fc.assert(
    fc.property(
      gridOfCells.chain((cells) =>
        fc.tuple(
          fc.constant(cells),
          fc.shuffledSubarray([...cells], { minLength: cells.length, maxLength: cells.length }),
        ),
      ),
      ([cells, shuffled]) => {
        expect(summarized(shuffled.map(comparedCell))).toEqual(summarized(cells.map(comparedCell)));
      },
    ),
    { numRuns: 100 },
  );
});

test('a machine twice as fast ranks the same and names the same best', () => {
  fc.assert(
    fc.property(gridOfCells, fc.constantFrom(0.5, 2, 4), (cells, factor) => {
      const before = summarized(cells.map(comparedCell));
      // Powers of two scale without a rounding error.
      const after = summarized(cells.map((cell) => comparedCell(scaled(cell, factor))));
      expect(after.cells.map(({ rank }) => rank)).toEqual(before.cells.map(({ rank }) => rank));
      expect(after.situations[0]?.best).toBe(before.situations[0]?.best);
    }),
    { numRuns: 100 },
  );
});

test('a useless cell more does not change the best, nor what is called like it', () => {
  const useless: fc.Arbitrary<ComparedCell> = fc.oneof(
    fc.record({
      id: fc.constant('c000'),
      poolSize: fc.constantFrom(1, 2, 64),
      state: fc.constantFrom('exhausted' as const, 'failing' as const),
      goodputs: fc.constant([5_000, 4_000, 6_000]),
    }),
    fc.record({
      id: fc.constant('c000'),
      poolSize: fc.constantFrom(1, 2),
      goodputs: fc.constant([9, 20, 3]),
    }),
  );
  fc.assert(
    fc.property(gridOfCells, useless, (cells, more) => {
      fc.pre(cells.some(({ state }) => state === 'usable'));
      const before = summarized(cells.map(comparedCell)).situations[0];
      const after = summarized([more, ...cells].map(comparedCell)).situations[0];
      expect(after?.best).toBe(before?.best);
      expect(after?.notDistinguishable).toEqual(before?.notDistinguishable);
    }),
    { numRuns: 100 },
  );
});

test('what is named is a usable cell, and the best is not in its own list', () => {
  fc.assert(
    fc.property(gridOfCells, (cells) => {
      const { situations, cells: judged } = summarized(cells.map(comparedCell));
      const usable = new Set(judged.filter(({ state }) => state === 'usable').map(({ id }) => id));
      for (const { best, notDistinguishable, worst } of situations) {
        expect(best === null).toBe(usable.size === 0);
        for (const id of best === null ? [] : [best, ...notDistinguishable]) {
          expect(usable).toContain(id);
        }
        expect(notDistinguishable).not.toContain(best);
        expect(worst === null || worst !== best).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

test('panels cover every cell of their situation exactly once', () => {
  const { situations, cells } = sampleSweepResult({
    rounds: 1,
    axes: { poolKind: ['queue', 'null'], maxConnections: [30, 100], poolSize: [8, 2, 0] },
  });
  for (const situation of situations) {
    const shown = situation.panels
      .flatMap((panel) => panel.cells.flat())
      .filter((id) => id !== null);
    expect(shown.toSorted()).toEqual(situation.cells.toSorted());
  }
  expect(situations.flatMap((it) => it.cells).toSorted()).toEqual(cells.map(({ id }) => id));
});

test('cells are compared within one workload and load', () => {
  const { situations, cells, trials, verdict } = sampleSweepResult();
  expect(situations).toMatchObject([
    { workload: 'hot', best: 'c001', bestOverWorst: { goodput: { finding: 'higher' } } },
    { workload: 'hold' },
  ]);
  expect(cells.filter(({ rank }) => rank === 1)).toHaveLength(2);
  expect(cells.filter(({ state }) => state === 'exhausted').map(({ id }) => id)).toEqual([
    'c012',
    'c024',
    'c036',
    'c048',
  ]);
  expect(trials).toEqual({ planned: 144, measured: 144, failed: 0 });
  expect(verdict).toBe('VALID');
});

test('cells are compared within one distance', () => {
  const { situations } = sampleSweepResult({ axes: { workload: ['hot'], dbRttMs: [0, 20] } });
  expect(situations.map(({ dbRttMs, cells }) => [dbRttMs, cells.length])).toEqual([
    [0, 24],
    [20, 24],
  ]);
});

test('the cliff of hot has its interval, and the worst cell is what it says', () => {
  const { situations, cells } = sampleSweepResult();
  const [hot] = situations;
  const goodputOf = (id: string | null | undefined): number =>
    cells.find((cell) => cell.id === id)?.goodputPerSecond?.value ?? 0;
  const { ratio = 0, interval } = hot?.bestOverWorst?.goodput ?? {};
  expect(ratio).toBeCloseTo(goodputOf(hot?.best) / goodputOf(hot?.worst), 6);
  expect(interval?.low).toBeGreaterThan(3);
  expect(hot?.bestOverWorst?.latencyMsP99?.ratio).toBeGreaterThan(3);
});

test('without anything below the best there is no worst', () => {
  const one = summarized([comparedCell({ id: 'c001', goodputs: [5, 6] })]);
  expect(one.situations).toMatchObject([{ best: 'c001', worst: null, bestOverWorst: null }]);
});

test('what choosing wrong costs is told by a usable cell', () => {
  const { situations } = summarized(
    [
      { id: 'c001', goodputs: [500, 510] },
      { id: 'c002', goodputs: [300, 310] },
      { id: 'c003', goodputs: [100, 110], state: 'exhausted' as const },
    ].map(comparedCell),
  );
  expect(situations).toMatchObject([{ best: 'c001', worst: 'c002' }]);
});

test('where all others are not usable the worst is one of them', () => {
  const { situations } = summarized(
    [
      { id: 'c001', goodputs: [500, 510] },
      { id: 'c002', goodputs: [300, 310], state: 'exhausted' as const },
      { id: 'c003', goodputs: [0, 0], state: 'failing' as const },
    ].map(comparedCell),
  );
  expect(situations).toMatchObject([{ best: 'c001', worst: 'c002' }]);
});

test('a sweep with a hole is DEGRADED, one without a believable cell INVALID', () => {
  const verdictOf = (options: SampleSweepOptions) =>
    sampleSweepResult({ axes: { workload: ['point'], poolSize: [1] }, rounds: 2, ...options })
      .verdict;
  expect(verdictOf({})).toBe('VALID');
  expect(verdictOf({ damage: ['c001-r1.json is cut short'] })).toBe('DEGRADED');
  expect(
    verdictOf({ trial: (cell, round) => (round === 2 ? null : measuredFake(cell, round)) }),
  ).toBe('DEGRADED');
  expect(
    verdictOf({
      trial: (cell, round) => (round === 2 ? failedTrial(2) : measuredFake(cell, round)),
    }),
  ).toBe('DEGRADED');
  expect(
    verdictOf({
      trial: (cell, round) => {
        const trial = measuredFake(cell, round);
        return trial.state === 'failed'
          ? trial
          : { ...trial, result: { ...trial.result, ...invalidChanges() } };
      },
    }),
  ).toBe('INVALID');
  expect(verdictOf({ trial: () => null })).toBe('INVALID');
});

test('every caveat that is found comes with advice', () => {
  const { advice, cells } = troubledSweepResult();
  const codes = new Set(cells.flatMap(({ caveats }) => caveats.map(({ code }) => code)));
  expect(new Set(Object.keys(advice))).toEqual(codes);
  expect(codes.size).toBeGreaterThan(1);
});

test.each([
  ['sound', sampleSweepResult()],
  ['troubled', troubledSweepResult()],
  ['hostile', troubledSweepResult({ hostile: '</script><img src=x onerror=alert(1)>' })],
  ['empty', sampleSweepResult({ trial: () => null })],
  [
    'of one cell',
    sampleSweepResult({ axes: { workload: ['point'], workers: [1], poolSize: [0] } }),
  ],
])('the result of a sweep that is %s is what its schema says, and survives JSON', (_, result) => {
  expect(sweepResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
});

test('comparing ten times the cells takes about ten times as long', () => {
  const random = seededRandom(1);
  const cells = Array.from({ length: 2_000 }, (_, index) =>
    comparedCell({
      id: `c${10_000 + index}`,
      workers: 1 + Math.floor(index / 50),
      poolSize: 1 + (index % 50),
      goodputs: [1, 2, 3].map(() => 1_000 + 100 * random()),
    }),
  );
  const msOf = (count: number): number => {
    const startedAt = performance.now();
    summarized(cells.slice(0, count));
    return performance.now() - startedAt;
  };
  msOf(200);
  // A comparison of all with all takes a hundred times as long.
  const repeated = [1, 2, 3].map(() => msOf(2_000) / msOf(200));
  expect(Math.min(...repeated)).toBeLessThan(40);
});
