import { expect, test } from 'vitest';
import { fakeTrial } from '../../test/fake-sweep.ts';
import type { SweepResult } from '../sweep/sweep-result.ts';
import { type SampleSweepOptions, sampleSweepResult } from '../sweep/test/sample-sweep.ts';
import { failedTrial } from '../sweep/test/troubled-trials.ts';
import { compareRuns, type NamedRun } from './compare-runs.ts';

/** 4 cells of `hot` in 3 rounds, all of which work. */
const AXES = {
  workload: ['hot'],
  maxOverflow: [0],
  workers: [1, 2],
  poolSize: [4, 8],
} satisfies SampleSweepOptions['axes'];

const run = (given: string, options: SampleSweepOptions = {}, changes: Partial<SweepResult> = {}) =>
  ({
    given,
    result: { ...sampleSweepResult({ axes: AXES, ...options }), planHash: given, ...changes },
  }) satisfies NamedRun;

/** Every cell is so many times as fast, but for what its round makes of it. */
const faster = (factor: number): SampleSweepOptions => ({
  trial: (cell, round) => {
    const trial = fakeTrial({ cell, round, plan: cell.plan });
    const times = factor * (1 + 0.001 * round);
    const goodputPerSecond = (trial.goodputPerSecond ?? 0) * times;
    return { state: 'measured', round, result: { ...trial, goodputPerSecond } };
  },
});

test('shared cells are compared one by one, in the order of the plan', () => {
  const { pairs, unmatched, notCompared } = compareRuns(run('before'), run('after', faster(1.5)));
  expect(pairs.map(({ left, right }) => [left.cell, right.cell])).toEqual([
    ['c001', 'c001'],
    ['c002', 'c002'],
    ['c003', 'c003'],
    ['c004', 'c004'],
  ]);
  for (const { metrics } of pairs) {
    expect(metrics.goodputPerSecond.contrast).toMatchObject({
      finding: 'lower',
      ratio: expect.closeTo(1 / 1.503, 2),
    });
  }
  expect(unmatched).toEqual({ left: [], right: [] });
  expect(notCompared).toEqual([]);
});

test('the best cells meet head to head, in each situation', () => {
  const axes = { ...AXES, workload: ['hot', 'hold'] } satisfies SampleSweepOptions['axes'];
  const left = run('before', { axes });
  const { best } = compareRuns(left, run('after', { axes }));
  expect(best.map(({ workload, pair }) => [workload, pair?.left.cell])).toEqual(
    left.result.situations.map((it) => [it.workload, it.best]),
  );
});

test('all cells of a situation together have the ratio that each of them has', () => {
  const { overall } = compareRuns(run('before'), run('after', faster(1.5)));
  expect(overall).toMatchObject([
    {
      workload: 'hot',
      cells: 4,
      goodputPerSecond: { finding: 'lower', pairs: 3, ratio: expect.closeTo(1 / 1.502, 3) },
    },
  ]);
});

test('a cell that is refused connections on one side is not among them', () => {
  const axes = { ...AXES, poolSize: [4, 64] } satisfies SampleSweepOptions['axes'];
  const { overall, pairs } = compareRuns(run('before', { axes }), run('after', { axes }));
  expect(pairs.map(({ left }) => left.state)).toEqual(['usable', 'usable', 'usable', 'exhausted']);
  expect(overall.map(({ cells }) => cells)).toEqual([3]);
});

test('nor is one that is refused on the other side alone', () => {
  const axes = { ...AXES, poolSize: [4, 30] } satisfies SampleSweepOptions['axes'];
  const small = { ...axes, maxConnections: [40] } satisfies SampleSweepOptions['axes'];
  const { overall, pairs } = compareRuns(run('before', { axes }), run('after', { axes: small }));
  expect(pairs.map(({ right }) => right.state)).toEqual([
    'usable',
    'usable',
    'usable',
    'exhausted',
  ]);
  expect(overall.map(({ cells }) => cells)).toEqual([3]);
});

test('together they are compared in rounds that all of them have', () => {
  const gap: SampleSweepOptions = {
    trial: (cell, round) =>
      cell.id === 'c002' && round === 2
        ? failedTrial(round)
        : { state: 'measured', round, result: fakeTrial({ cell, round, plan: cell.plan }) },
  };
  const { overall } = compareRuns(run('before'), run('after', gap));
  expect(overall.map(({ goodputPerSecond }) => goodputPerSecond)).toMatchObject([{ pairs: 2 }]);
});

test('what the runs differ in as a whole is told of each pair', () => {
  const right = run('after', { axes: { ...AXES, maxConnections: [200] } });
  const { pairs, undeclared } = compareRuns(run('before'), right);
  expect(pairs).toHaveLength(4);
  expect(pairs[0]?.declared).toEqual([{ path: 'postgres.maxConnections', left: 100, right: 200 }]);
  expect(undeclared).toEqual([]);
});

test('what makes them incomparable is told once, not cell by cell', () => {
  const left = run('before');
  const { environment } = left.result;
  if (environment === null) throw new Error('the sample has no environment');
  const right = run('after', {}, { environment: { ...environment, cpuModel: 'another' } });
  expect(compareRuns(left, right).undeclared).toEqual([
    { path: 'environment.cpuModel', left: environment.cpuModel, right: 'another' },
  ]);
});

test('a load that both runs have one of is matched, and tells that they cannot be compared', () => {
  const load = [{ kind: 'closed', connections: 8, thinkTimeMs: 0 }] satisfies NonNullable<
    SampleSweepOptions['axes']
  >['load'];
  const { pairs, undeclared } = compareRuns(
    run('before'),
    run('after', { axes: { ...AXES, load } }),
  );
  expect(pairs).toHaveLength(4);
  expect(undeclared).toEqual([{ path: 'load.model.connections', left: 64, right: 8 }]);
});

test('workloads that only one of several has in common leave the others out', () => {
  const left = run('before', { axes: { ...AXES, workload: ['hot', 'hold'] } });
  const right = run('after', { axes: { ...AXES, workload: ['hold', 'point'] } });
  const { pairs, best, unmatched } = compareRuns(left, right);
  expect(new Set(pairs.map((pair) => pair.left.workload))).toEqual(new Set(['hold']));
  expect(best.map(({ workload }) => workload)).toEqual(['hold']);
  expect(unmatched.left).toHaveLength(4);
});

test('a cell without a round that counts is named with the reason', () => {
  const broken: SampleSweepOptions = {
    trial: (cell, round) =>
      cell.id === 'c002'
        ? failedTrial(round)
        : { state: 'measured', round, result: fakeTrial({ cell, round, plan: cell.plan }) },
  };
  const { pairs, notCompared, caveats } = compareRuns(run('before'), run('after', broken));
  expect(pairs).toHaveLength(3);
  expect(notCompared).toEqual([
    {
      left: 'c002',
      right: 'c002',
      reason: 'B: no round may be believed: failed: POSTGRES_START_FAILED (round 1, 2, 3)',
    },
  ]);
  expect(caveats[0]).toEqual({
    code: 'incomplete',
    detail: 'B: 9 of 12 trials are measured, 3 failed',
  });
});

test('many comparisons find something by chance, and that is said', () => {
  const { caveats } = compareRuns(run('before'), run('after'));
  expect(caveats).toEqual([
    {
      code: 'many_comparisons',
      detail: 'of 4 comparisons of equal cells 0.2 would find a difference by chance',
    },
  ]);
});
