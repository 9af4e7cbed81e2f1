import { expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../../server/contract.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, withLab } from './lab.ts';
import { runTrials } from './trial.ts';

const WORKERS = [1, 2];
const SHAPES = [
  { poolSize: 1, maxOverflow: 0 },
  { poolSize: 2, maxOverflow: 2 },
  { poolSize: 10, maxOverflow: 0 },
];
/** Callers who wait and think, and arrivals that do not care: the same pools under both models. */
const LOADS = [
  ['--connections', { connections: '12', thinkTime: '20ms' }],
  ['--rate', { rate: '60/s', maxInFlight: '64' }],
] as const;

const cells = WORKERS.flatMap((workers) =>
  SHAPES.map((shape) => ({
    name: `${workers} × (${shape.poolSize}+${shape.maxOverflow})`,
    plans: LOADS.map(([model, flags]): readonly [string, TrialPlan] => {
      const { plan } = parseTrialPlan({
        flags: { ...flags, workload: 'hold', param: ['ms=10'], warmup: '300ms', duration: '5s' },
        env: {},
      });
      const pool = { ...POOL_DEFAULTS, ...shape };
      return [model, { ...plan, workers, pool }];
    }),
  })),
);

test('every law holds in each of twelve cells, and in those that are steady above all', async () => {
  const results = new Map<string, MeasuredTrial>();
  await withLab(
    { maxConnections: 60, superuserReservedConnections: 3, reservedConnections: 0, extra: {} },
    {
      poolLabVersion: 'test',
      env: process.env,
      signal: new AbortController().signal,
      redactor: createRedactor(),
      labParent: LAB_DIRECTORY_PARENT,
      warn: (sentence) => expect.unreachable(sentence),
    },
    async (lab: Lab) => {
      for (const { name, plans } of cells) {
        const trials = await runTrials(
          lab,
          plans.map(([, plan]) => plan),
        );
        for (const [index, trial] of trials.entries()) {
          results.set(`${name} ${plans[index]?.[0] ?? ''}`, trial);
        }
      }
    },
  );
  expect(results.size).toBe(12);
  const broken = [...results].flatMap(([cell, { laws }]) =>
    laws.filter(({ holds }) => !holds).map(({ name, detail }) => `${cell}: ${name}: ${detail}`),
  );
  expect(broken).toEqual([]);
  const steady = [...results].filter(
    ([
      ,
      {
        steadyState: { state },
      },
    ]) => state === 'steady',
  );
  expect(steady.length, 'cells in a steady state').toBeGreaterThanOrEqual(6);
  for (const [cell, trial] of results) {
    expect(trial.requests.ok, cell).toBeGreaterThan(0);
    expect(
      trial.caveats.map(({ code }) => code),
      cell,
    ).not.toContain('law_broken');
  }
});
