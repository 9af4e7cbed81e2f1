import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { connectionsOf } from '../load/load-engine.ts';
import { type TrialPlan, trialPlanSchema } from '../plan/trial-plan.ts';
import { sampleTrial } from '../report/test/sample-trial.ts';
import { runDemo, trialsOf } from './demo.ts';

/** A lab whose trials take a second each and answer twice as much with a small pool on hot rows. */
function fakeLab() {
  const asked: { readonly maxConnections: number; readonly plans: readonly TrialPlan[] }[] = [];
  let nowMs = 0;
  const answer = (plan: TrialPlan): WatchedTrial => {
    nowMs += 1_000;
    const large = plan.workload === 'hot' && plan.pool.poolSize > 100;
    return sampleTrial({
      plan,
      throughputPerSecond: large ? 500 : 1_000,
      goodputPerSecond: large ? 250 : 1_000,
    });
  };
  return {
    asked,
    deps: {
      nowMs: () => nowMs,
      say: () => undefined,
      onPostgres: <T>(
        { maxConnections }: { readonly maxConnections: number },
        use: (run: (plans: readonly TrialPlan[]) => Promise<readonly WatchedTrial[]>) => Promise<T>,
      ): Promise<T> =>
        use((plans) => {
          asked.push({ maxConnections, plans });
          return Promise.resolve(plans.map(answer));
        }),
    },
  };
}

test('the exhausted shape, the one that a deploy breaks and the one that survives are run in order', async () => {
  const { asked, deps } = fakeLab();
  await runDemo(1, deps);
  const exhaustion = asked.filter(({ maxConnections }) => maxConnections === 30);
  expect(
    exhaustion.map(({ plans }) =>
      plans.map(
        ({ workers, pool, rolloutSurge }) =>
          `${workers}×(${pool.poolSize}+${pool.maxOverflow}) surge ${rolloutSurge}`,
      ),
    ),
  ).toEqual([
    ['4×(5+10) surge 0'],
    ['4×(4+2) surge 0', '4×(4+2) surge 1'],
    ['4×(3+2) surge 0', '4×(3+2) surge 1'],
  ]);
});

test('clients outnumber what all pools can open, or nothing could be exhausted', async () => {
  const { asked, deps } = fakeLab();
  await runDemo(1, deps);
  for (const plan of asked.flatMap(({ plans }) => plans)) {
    const most = plan.workers * (plan.pool.poolSize + plan.pool.maxOverflow);
    expect(connectionsOf(plan.load.model)).toBeGreaterThan(most);
  }
});

test('both sizes are measured in interleaved pairs on a server with room for both', async () => {
  const { asked, deps } = fakeLab();
  await runDemo(1, deps);
  const contrast = asked.filter(({ maxConnections }) => maxConnections >= 250);
  const measured = contrast.flatMap(({ plans }) => plans);
  const sizesOf = (workload: string): readonly number[] =>
    measured.filter((plan) => plan.workload === workload).map(({ pool }) => pool.poolSize);
  expect(sizesOf('hot')).toEqual([2, 200, 200, 2, 2, 200]);
  expect(sizesOf('point')).toEqual([2, 200, 200, 2, 2, 200]);
  expect(contrast.map(({ plans }) => new Set(plans.map(({ pool }) => pool.poolSize)).size)).toEqual(
    [1, 1, 1, 1],
  );
});

test('fresh workers get the time to open their connections', async () => {
  const { asked, deps } = fakeLab();
  await runDemo(1, deps);
  const contrast = asked.filter(({ maxConnections }) => maxConnections >= 250);
  for (const { plans } of contrast) {
    const [first, ...others] = plans.map(({ warmupMs }) => warmupMs);
    expect(first).toBeGreaterThan(Math.max(...others));
  }
});

test('ratios say how much less the large pool answers, and that the control does not differ', async () => {
  const { deps } = fakeLab();
  const demo = await runDemo(1, deps);
  expect(demo.hot.throughput).toMatchObject({ ratio: expect.closeTo(2, 9), finding: 'higher' });
  expect(demo.hot.goodput).toMatchObject({ ratio: expect.closeTo(4, 9) });
  expect(demo.control.throughput).toMatchObject({ finding: 'equivalent' });
  expect(trialsOf(demo)).toHaveLength(17);
  expect(demo).toMatchObject({ reproducedAfterMs: 1_000, elapsedMs: 17_000 });
});

test('every plan is one that a user could have asked for', async () => {
  const { asked, deps } = fakeLab();
  await runDemo(1, deps);
  for (const plan of asked.flatMap(({ plans }) => plans)) {
    expect(trialPlanSchema.parse(plan)).toEqual(plan);
  }
});

test('a size of which a trial withheld its throughput is compared with nothing', async () => {
  const { deps } = fakeLab();
  const demo = await runDemo(1, {
    ...deps,
    onPostgres: (postgres, use) =>
      deps.onPostgres(postgres, (run) =>
        use(async (plans) =>
          (await run(plans)).map((trial) => ({ ...trial, throughputPerSecond: null })),
        ),
      ),
  });
  expect(demo.hot.throughput).toBeNull();
});
