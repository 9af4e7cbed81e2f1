import { expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../../server/contract.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { withLab } from './lab.ts';
import { runTrials } from './trial.ts';

const WORKERS = [1, 2];
const SHAPES = [
  { poolSize: 1, maxOverflow: 0 },
  { poolSize: 2, maxOverflow: 2 },
  { poolSize: 10, maxOverflow: 0 },
];
/** Callers who wait and think, and arrivals that do not care: the same pools under both models. */
const LOADS = [
  ['closed', { connections: '8', thinkTime: '150ms' }],
  ['open', { rate: '60/s', maxInFlight: '64' }],
] as const;

interface Cell {
  readonly name: string;
  readonly plan: TrialPlan;
}

/** Cells of one server configuration, which share its fresh workers. */
const configurations = WORKERS.flatMap((workers) =>
  SHAPES.map((shape) =>
    LOADS.map(([model, flags]): Cell => {
      const { plan } = parseTrialPlan({
        flags: { ...flags, workload: 'hold', param: ['ms=10'], warmup: '300ms', duration: '5s' },
        env: {},
      });
      return {
        name: `${workers} × (${shape.poolSize}+${shape.maxOverflow}) ${model}`,
        plan: { ...plan, workers, pool: { ...POOL_DEFAULTS, ...shape } },
      };
    }),
  ),
);

/** Labs beside each other: the loads leave most of the CPU idle, and a law knows no noise. */
const LABS = 6;

test('every law holds in each of twelve cells, and in those that are steady above all', async () => {
  const measured = await Promise.all(
    Array.from({ length: LABS }, (_, index) =>
      measure(configurations.filter((_cells, at) => at % LABS === index)),
    ),
  );
  const results = measured.flat();
  expect(results).toHaveLength(12);
  const broken = results.flatMap(({ name, trial }) =>
    trial.laws.filter(({ holds }) => !holds).map((law) => `${name}: ${law.name}: ${law.detail}`),
  );
  expect(broken).toEqual([]);
  const steady = results.filter(({ trial }) => trial.steadyState.state === 'steady');
  expect(steady.length, 'cells in a steady state').toBeGreaterThanOrEqual(6);
  for (const { name, trial } of results) expect(trial.requests.ok, name).toBeGreaterThan(0);
});

async function measure(
  group: readonly (readonly Cell[])[],
): Promise<readonly { readonly name: string; readonly trial: MeasuredTrial }[]> {
  return await withLab(
    {
      maxConnections: 60,
      superuserReservedConnections: 3,
      reservedConnections: 0,
      transport: 'tcp',
      extra: {},
    },
    {
      poolLabVersion: 'test',
      postgres: EMBEDDED,
      env: process.env,
      signal: new AbortController().signal,
      redactor: createRedactor(),
      labParent: LAB_DIRECTORY_PARENT,
      warn: (sentence) => expect.unreachable(sentence),
    },
    async (lab) => {
      const results: { readonly name: string; readonly trial: MeasuredTrial }[] = [];
      for (const cells of group) {
        const trials = await runTrials(
          lab,
          cells.map(({ plan }) => plan),
        );
        for (const [index, { name }] of cells.entries()) {
          const trial = trials[index];
          if (trial !== undefined) results.push({ name, trial });
        }
      }
      return results;
    },
  );
}
