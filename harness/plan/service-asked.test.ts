import { expect, test } from 'vitest';
import type { RawFlags } from './option-table.ts';
import { parseTrialPlan } from './parse-trial-plan.ts';

function shapeOf(flags: RawFlags) {
  const { service, workers, pool, rolloutSurge } = parseTrialPlan({ flags, env: {} }).plan;
  return {
    ...{ workers, poolSize: pool.poolSize, maxOverflow: pool.maxOverflow, rolloutSurge },
    shapeKnown: service?.shapeKnown,
  };
}

const UNTOLD = { workers: 1, maxOverflow: 0, rolloutSurge: 0, shapeKnown: false };

test.each<[what: string, RawFlags, expected: Partial<ReturnType<typeof shapeOf>>]>([
  ['told nothing is one process of an unknown pool', { command: 'serve {port}' }, UNTOLD],
  [
    'told the size of its pool is known, with one process and no overflow',
    { command: 'serve {port}', poolSize: '7' },
    { ...UNTOLD, poolSize: 7, shapeKnown: true },
  ],
  [
    'filled in has all of the lab’s own shape',
    { command: 'serve {port} {workers} {poolSize} {maxOverflow}' },
    { workers: 4, poolSize: 5, maxOverflow: 10, shapeKnown: true },
  ],
  [
    'with variables that are filled in has that, too',
    { command: 'serve {port}', env: ['W={workers}', 'P={poolTotal}'], poolSize: '3' },
    { workers: 4, poolSize: 3, maxOverflow: 0, shapeKnown: true },
  ],
  [
    'of a pool of one number has the overflow that was given with it',
    { command: 'serve {port} {poolTotal}', poolSize: '3', maxOverflow: '2' },
    { workers: 1, poolSize: 3, maxOverflow: 2, shapeKnown: true },
  ],
  [
    'told its workers has them twice in a deploy',
    { command: 'serve {port}', workers: '3', poolSize: '2', rollout: '1' },
    { workers: 3, rolloutSurge: 3 },
  ],
  [
    'told none has its one process twice',
    { command: 'serve {port}', poolSize: '2', rollout: '1' },
    { workers: 1, rolloutSurge: 1 },
  ],
])('a service that is %s', (_, flags, expected) => {
  expect(shapeOf(flags)).toMatchObject(expected);
});
