import { expect, test } from 'vitest';
import type { RawFlags } from '../../plan/option-table.ts';
import { parseSweepPlan } from '../../plan/sweep/parse-sweep-plan.ts';
import { describeSweep } from './plan-words.ts';

const words = (flags: RawFlags): Readonly<Record<string, string>> =>
  Object.fromEntries(
    describeSweep(parseSweepPlan({ flags, env: {}, file: null }).plan).map(({ label, text }) => [
      label,
      text,
    ]),
  );

test('a sweep is told by its axes, what is fixed, how long it takes and what cannot fit', () => {
  expect(
    words({
      workers: '1,2,4',
      poolSize: '1..32:x2',
      maxOverflow: '0,5',
      workload: 'hot,point',
      prePing: true,
      param: ['rows=8'],
    }),
  ).toEqual({
    SWEEP:
      '2 workloads × 2 values of max_overflow × 3 numbers of workers × 6 values of pool_size = 72 cells, × 3 rounds = 216 trials',
    WORKLOAD: 'hot, point',
    'MAX OVERFLOW': '0, 5',
    WORKERS: '1, 2, 4',
    'POOL SIZE': '1, 2, 4, 8, 16, 32',
    FIXED: '64 clients; max_connections 100; pool kind queue; --pre-ping yes; --param rows=8',
    // 216 × (2 + 10 + 1.3) s, and 216 × 5 s more.
    TIME: '48 min to 66 min: a trial warms up for 2.00 s, measures for 10.0 s, drains for at most 5.00 s and takes about 1.30 s beside that',
    // Of each workload 4 × 32, 4 × 37 are over 96, and 5 × 32 … in a deploy.
    BUDGET:
      'of 72 cells 4 can open more than there is, 4 more in a deploy with 1 extra worker; 96 usable',
  });
});

test('of a service neither a workload nor a kind of pool is said, which are own to the lab', () => {
  const { FIXED } = words({ command: 'node . {port} {poolSize}', poolSize: '1,2' });
  expect(FIXED).toMatch(/^64 clients; max_connections 100; max_overflow 0; 1 worker; --command/);
});

test('one cell has no axes, and is told to have nothing to be compared with', () => {
  expect(words({})['']).toMatch(
    /^→ one cell has nothing to be compared with: .*--pool-size 1\.\.16:x2/,
  );
  expect(words({ poolSize: '1,2' })['']).toBeUndefined();
  const { SWEEP, FIXED, BUDGET } = words({});
  expect(SWEEP).toBe('1 cell, × 3 rounds = 3 trials');
  expect(FIXED).toBe(
    'workload point; 64 clients; max_connections 100; pool kind queue; max_overflow 10; 4 workers; pool_size 5',
  );
  expect(BUDGET).toBe('every cell fits, in a deploy too; 96 usable');
});

test('without a pool there is one shape, and the product does not claim more', () => {
  const { SWEEP } = words({ poolKind: 'queue,null', poolSize: '1,2,3', rounds: '1' });
  expect(SWEEP).toBe(
    '2 pool kinds × 3 values of pool_size, no pool once: 4 cells, × 1 round = 4 trials',
  );
});

test('loads say once what they have in common, long lists their ends', () => {
  expect(words({ connections: '32,64', thinkTime: '10ms' })['LOAD']).toBe(
    '32, 64 clients thinking 10 ms',
  );
  expect(words({ rate: '100/s,200/s' })['LOAD']).toBe(
    '100/s, 200/s poisson (seed 1), at most 256 in flight, more are dropped',
  );
  expect(words({ poolSize: '1..40' })['POOL SIZE']).toBe('1, 2, 3, … 40 (40 values)');
});

test('the time is that of the stages where they are the load', () => {
  const flags = { stages: '5/s:1s,9/s:2s', warmup: '0', drain: '0', rounds: '10' };
  // 10 × (3 + 1.3) s
  expect(words(flags)['TIME']).toMatch(/^43 s to 43 s: .* measures for 3\.00 s,/);
});
