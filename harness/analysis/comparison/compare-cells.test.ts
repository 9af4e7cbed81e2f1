import { expect, test } from 'vitest';

import { compareCells } from './compare-cells.ts';
import { type GivenCell, type GivenRound, measuredCell } from './test/measured-cell.ts';

const SMALL = { poolSize: '4' };
const LARGE = { poolSize: '50' };
const compared = (left: GivenCell, right: GivenCell) =>
  compareCells(measuredCell(left), measuredCell({ id: 'c002', ...right }), { bootstrap: true });
const codes = (pair: ReturnType<typeof compared>) => pair.caveats.map(({ code }) => code);
const repeated = (count: number, round: GivenRound) => Array.from({ length: count }, () => round);

test('rounds are paired by their number, and the faster side is preferred', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1340, 1352, 1329] },
    { flags: LARGE, rounds: [1000, 1010, 990] },
  );
  expect(pair.pairs.rounds).toEqual([1, 2, 3]);
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({
    basis: 'rounds',
    pairs: 3,
    ratio: expect.closeTo(1.34, 2),
    finding: 'higher',
  });
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'goodput' });
  expect(pair.declared).toEqual([{ path: 'pool.poolSize', left: 4, right: 50 }]);
  expect(pair.caveats).toEqual([]);
});

test('what drifts in both sides alike is in neither of them', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1340, 1072, 670] },
    { flags: LARGE, rounds: [1000, 800, 500] },
  );
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({ finding: 'higher' });
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({ ratio: expect.closeTo(1.34, 9) });
});

test('swapping the sides swaps everything that is said of them', () => {
  const left = { flags: SMALL, rounds: [1340, 1352, 1329] };
  const right = { flags: LARGE, rounds: [1000, 1010, 990] };
  const there = compared(left, right);
  const back = compared({ ...right, id: 'c002' }, { ...left, id: 'c001' });
  expect(back.conclusion).toEqual({ prefer: 'right', because: 'goodput' });
  const [a, b] = [there, back].map(({ metrics }) => metrics.goodputPerSecond.contrast);
  expect((a?.basis === 'rounds' ? a.ratio : 0) * (b?.basis === 'rounds' ? b.ratio : 0)).toBeCloseTo(
    1,
    12,
  );
  expect(back.left).toEqual(there.right);
});

test('as much in time for fewer connections is preferred', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1000, 1001, 999] },
    { flags: LARGE, rounds: [1001, 1000, 1000] },
  );
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({ finding: 'equivalent' });
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'fewer_connections' });
});

test('as much in time with a lower p99 is preferred, whatever it claims', () => {
  const late = [58, 60, 62].map((p99) => ({ goodput: 1000, p99: p99 * 3 }));
  const early = [58, 60, 62].map((p99) => ({ goodput: 1000, p99 }));
  const pair = compared({ flags: SMALL, rounds: late }, { flags: LARGE, rounds: early });
  expect(pair.metrics.latencyMsP99.contrast).toMatchObject({ finding: 'higher' });
  expect(pair.conclusion).toEqual({ prefer: 'right', because: 'latency' });
});

test('noise prefers nothing, and tells how many pairs would', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1000, 1200, 900] },
    { flags: LARGE, rounds: [1000, 1000, 1000] },
  );
  expect(pair.conclusion).toEqual({ prefer: null, because: 'not_distinguishable' });
});

test('a side that is refused connections is no choice, however much of the rest it answers', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1000, 1001, 999] },
    { flags: LARGE, rounds: repeated(3, { goodput: 3000, refused: 4000 }) },
  );
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({ finding: 'lower' });
  expect(pair.right).toMatchObject({ state: 'exhausted', requests: { refused: 12_000 } });
  expect(pair.failedShare.right).toBeCloseTo(4000 / 34_000, 12);
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'works' });
});

test('an overloaded side is compared by its whole window, says so, and is no choice', () => {
  const steadyState = {
    state: 'overloaded' as const,
    fromSecond: 0,
    toSecond: 10,
    backlogPerSecond: 212,
    detail: '',
  };
  const overloaded = repeated(3, {
    goodput: 3000,
    changes: {
      steadyState,
      goodputPerSecond: null,
      goodputInterval: null,
      throughputPerSecond: null,
      throughputInterval: null,
    },
  });
  const pair = compared(
    { flags: SMALL, rounds: [1000, 1001, 999] },
    { flags: LARGE, rounds: overloaded },
  );
  expect(pair.right.state).toBe('overloaded');
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'works' });
  expect(codes(pair)).toContain('withheld');
});

test('two sides in trouble leave no choice', () => {
  const refused = repeated(3, { goodput: 1000, refused: 4000 });
  const pair = compared({ flags: SMALL, rounds: refused }, { flags: LARGE, rounds: refused });
  expect(pair.conclusion).toEqual({ prefer: null, because: 'neither_works' });
});

test('a few failures in thousands of requests do not decide, nor do many in one round of three', () => {
  const withTimeouts = (timeouts: number): GivenRound => ({
    goodput: 1000,
    changes: {
      requests: {
        scheduled: 10_000 + timeouts,
        ok: 10_000,
        httpErrors: {},
        connectionErrors: {},
        timeouts,
        dropped: 0,
        lost: 0,
        unanswered: 0,
      },
    },
  });
  const comparedWith = (counts: readonly number[]) =>
    compared(
      { flags: SMALL, rounds: counts.map(withTimeouts) },
      { flags: LARGE, rounds: [700, 701, 699] },
    );
  const few = comparedWith([3, 3, 3]);
  expect(few.left.state).toBe('usable');
  expect(few.conclusion).toEqual({ prefer: 'left', because: 'goodput' });
  const inOne = comparedWith([0, 20, 0]);
  expect(inOne.left.state).toBe('failing');
  expect(inOne.conclusion).toEqual({ prefer: 'left', because: 'goodput' });
  expect(comparedWith([20, 20, 20]).conclusion).toEqual({ prefer: 'right', because: 'works' });
});

test('what does not fit on paper is not preferred for having been lucky', () => {
  const over = { workers: '4', poolSize: '50' };
  const pair = compared(
    { flags: SMALL, rounds: [1000, 1001, 999] },
    { flags: over, rounds: [2000, 2001, 1999] },
  );
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'fits' });
});

test('INVALID rounds never enter, and are named', () => {
  const rounds = [1340, { goodput: 9_000_000, verdict: 'INVALID' as const }, 1329, 1351];
  const pair = compared(
    { flags: SMALL, rounds },
    { flags: LARGE, rounds: [1000, 1010, 990, 1008] },
  );
  expect(pair.pairs.rounds).toEqual([1, 3, 4]);
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({
    pairs: 3,
    ratio: expect.closeTo(1.34, 1),
  });
  expect(pair.leftOut).toEqual([
    { side: 'left', round: 2, reason: 'INVALID' },
    { side: 'right', round: 2, reason: 'the other side has no such round that counts' },
  ]);
  expect(codes(pair)).toContain('rounds_left_out');
});

test('what answers nothing in time is not preferred to what does', () => {
  const pair = compared(
    { flags: SMALL, rounds: [1000, 0, 999] },
    { flags: LARGE, rounds: [10, 11, 10] },
  );
  expect(pair.metrics.goodputPerSecond.contrast).toEqual({ basis: 'none', without: ['left'] });
  expect(pair.conclusion).toEqual({ prefer: 'right', because: 'goodput' });
});

test('one round each is no judgement', () => {
  const pair = compared({ flags: SMALL, rounds: [1340] }, { flags: LARGE, rounds: [1000] });
  expect(pair.metrics.goodputPerSecond.contrast).toEqual({
    basis: 'own_intervals',
    ratio: 1.34,
    finding: 'apart',
  });
  expect(pair.conclusion).toEqual({ prefer: null, because: 'no_two_rounds' });
  expect(codes(pair)).toEqual(['no_two_rounds']);
});

test('two runs were not measured in turns, and that is said', () => {
  const pair = compared(
    { rounds: [100, 101], run: 'before' },
    { rounds: [100, 101], run: 'after' },
  );
  expect(pair.pairs.interleaved).toBe(false);
  expect(pair.declared).toEqual([]);
  expect(codes(pair)).toEqual(['not_interleaved']);
});

test('different arrivals are said', () => {
  const pair = compared({ rounds: [100, 101] }, { rounds: [100, 101], flags: { seed: '9' } });
  expect(pair.pairs.sameSeeds).toBe(false);
  expect(codes(pair)).toEqual(['different_seeds']);
});

test('one round that stands far out is told from an even difference', () => {
  // Seven rounds of 1.02 to 1.05 and one of 2.4: it alone keeps the t interval wide.
  const rounds = [1030, 1020, 1040, 1050, 1030, 1020, 1040, 2400];
  const pair = compared(
    { flags: SMALL, rounds },
    { flags: LARGE, rounds: repeated(8, { goodput: 1000 }) },
  );
  expect(pair.metrics.goodputPerSecond.contrast).toMatchObject({ finding: 'not_distinguishable' });
  expect(codes(pair)).toContain('uneven_rounds');
});

test('what stands against a side is named', () => {
  const doubtful = repeated(3, {
    goodput: 1000,
    verdict: 'DEGRADED',
    changes: {
      caveats: [{ code: 'cpu_pressure', grade: 'DEGRADED', detail: '80 %', advice: 'Wait.' }],
    },
  });
  const pair = compared(
    { flags: SMALL, rounds: doubtful },
    { flags: LARGE, rounds: [700, 701, 699] },
  );
  expect(pair.caveats).toEqual([{ code: 'degraded', detail: 'A is DEGRADED (cpu_pressure)' }]);
});

test('what is preferred although a deploy would break it is said', () => {
  const pair = compared(
    { flags: { poolSize: '96' }, rounds: [2000, 2001, 1999] },
    { flags: SMALL, rounds: [1000, 1001, 999] },
  );
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'goodput' });
  expect(codes(pair)).toEqual(['over_budget']);
});

test('starving is trouble', () => {
  const attempts = {
    started: 10_100,
    ok: 10_000,
    httpErrors: { pool_timeout: 100 },
    connectionErrors: {},
    timeouts: 0,
    lost: 0,
    unanswered: 0,
  };
  const starved = repeated(3, { goodput: 1000, changes: { attempts } });
  const pair = compared(
    { flags: SMALL, rounds: starved },
    { flags: LARGE, rounds: [700, 701, 699] },
  );
  expect(pair.left.state).toBe('starved');
  expect(pair.conclusion).toEqual({ prefer: 'right', because: 'works' });
});

test('missing a threshold is no trouble', () => {
  const missed = repeated(3, {
    goodput: 1000,
    changes: { thresholds: [{ expression: 'goodput>9/s', met: false, detail: '' }] },
  });
  const pair = compared(
    { flags: SMALL, rounds: missed },
    { flags: LARGE, rounds: [700, 701, 699] },
  );
  expect(pair.left.state).toBe('threshold_missed');
  expect(pair.conclusion).toEqual({ prefer: 'left', because: 'goodput' });
});
