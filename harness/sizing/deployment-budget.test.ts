import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeBudget } from './budget.ts';
import {
  computeDeploymentBudget,
  type Deployment,
  podsDuringRollout,
  type Surge,
} from './deployment-budget.ts';
import { type SlotSettings, usableSlots } from './usable-slots.ts';

const SLOTS: SlotSettings = {
  maxConnections: 100,
  superuserReserved: 3,
  reserved: 0,
  others: 0,
  role: 'ordinary',
};
const DEPLOYMENT: Deployment = {
  replicas: 6,
  workers: 4,
  claim: { idle: 5, most: 15 },
  surge: { kind: 'percent', percent: 25 },
  replicasMax: 10,
};

test('6 replicas × 4 workers × (5+10) in each situation', () => {
  const { usable, situations, ...rest } = computeDeploymentBudget(DEPLOYMENT, SLOTS);
  expect(usable).toBe(97);
  expect(
    situations.map(({ situation, pods, connections }) => [situation, pods, connections]),
  ).toEqual([
    ['floor', 6, 120],
    ['ceiling', 6, 360],
    ['rollout', 8, 480],
    ['autoscaled', 10, 600],
    ['autoscaled-rollout', 13, 780],
  ]);
  expect(rest).toEqual({ perProcessNow: 4, perProcessSafe: 1, maxConnectionsNeeded: 783 });
});

test.each<[number, Surge, number]>([
  [6, { kind: 'percent', percent: 25 }, 8],
  [4, { kind: 'percent', percent: 25 }, 5],
  [1, { kind: 'percent', percent: 25 }, 2],
  [20, { kind: 'percent', percent: 15 }, 23],
  [3, { kind: 'percent', percent: 0 }, 3],
  [3, { kind: 'percent', percent: 100 }, 6],
  [3, { kind: 'count', pods: 2 }, 5],
  [3, { kind: 'count', pods: 0 }, 3],
])('%d replicas with a surge of %j are %d pods', (replicas, surge, pods) => {
  expect(podsDuringRollout(replicas, surge)).toBe(pods);
});

// An ordinary role loses both reserves, a member of pg_use_reserved_connections one, a superuser none.
test.each([
  ['ordinary', 85],
  ['reserved', 90],
  ['superuser', 93],
] as const)('%s role: %d of 100 with 3 + 5 reserved and 7 others', (role, usable) => {
  expect(usableSlots({ ...SLOTS, reserved: 5, others: 7, role })).toBe(usable);
});

test('a pool without limit fits nowhere but idle, and no max_connections is enough', () => {
  const claim = { idle: 2, most: null };
  const budget = computeDeploymentBudget({ ...DEPLOYMENT, claim }, SLOTS);
  expect(budget.situations.map(({ fits }) => fits)).toEqual([true, false, false, false, false]);
  expect(budget.maxConnectionsNeeded).toBeNull();
});

const deployments = fc.record({
  replicas: fc.integer({ min: 1, max: 200 }),
  workers: fc.integer({ min: 1, max: 64 }),
  claim: fc.record({
    idle: fc.integer({ min: 0, max: 50 }),
    most: fc.integer({ min: 1, max: 100 }),
  }),
  surge: fc.oneof(
    fc.record({ kind: fc.constant('percent' as const), percent: fc.integer({ min: 0, max: 100 }) }),
    fc.record({ kind: fc.constant('count' as const), pods: fc.integer({ min: 0, max: 50 }) }),
  ),
  replicasMax: fc.constant(null),
});
const settings = fc.record({
  maxConnections: fc.integer({ min: 10, max: 5_000 }),
  superuserReserved: fc.integer({ min: 0, max: 5 }),
  reserved: fc.integer({ min: 0, max: 4 }),
  others: fc.integer({ min: 0, max: 200 }),
  role: fc.constantFrom('ordinary' as const, 'reserved' as const, 'superuser' as const),
});

test('the largest safe pool fits in every situation, and one connection more does not', () => {
  fc.assert(
    fc.property(deployments, settings, (deployment, slots) => {
      const { perProcessSafe } = computeDeploymentBudget(deployment, slots);
      const fitsWith = (most: number): boolean =>
        computeDeploymentBudget(
          { ...deployment, claim: { idle: 0, most } },
          slots,
        ).situations.every(({ fits }) => fits);
      expect(fitsWith(perProcessSafe)).toBe(true);
      expect(fitsWith(perProcessSafe + 1)).toBe(false);
    }),
  );
});

test('at the max_connections it asks for everything fits, and with one less something does not', () => {
  fc.assert(
    fc.property(deployments, settings, (deployment, slots) => {
      const needed = computeDeploymentBudget(deployment, slots).maxConnectionsNeeded ?? 0;
      const fitsAt = (maxConnections: number): boolean =>
        computeDeploymentBudget(
          { ...deployment, claim: { ...deployment.claim, idle: 0 } },
          { ...slots, maxConnections },
        ).situations.every(({ fits }) => fits);
      expect(fitsAt(needed)).toBe(true);
      expect(fitsAt(needed - 1)).toBe(false);
    }),
  );
});

test('one replica with a surge counted in workers is the budget of a trial', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 9 }),
      (workers, surge) => {
        const trial = computeBudget({
          workers,
          shape: { poolSize: 5, maxOverflow: 10 },
          rolloutSurge: surge,
          ...SLOTS,
        });
        const deployed = computeDeploymentBudget(
          {
            replicas: workers,
            workers: 1,
            claim: { idle: 5, most: 15 },
            surge: { kind: 'count', pods: surge },
            replicasMax: null,
          },
          SLOTS,
        );
        expect(deployed.situations.map(({ connections }) => connections)).toEqual([
          trial.floor,
          trial.ceiling,
          trial.rolloutCeiling,
        ]);
        expect(deployed.usable).toBe(trial.usable);
      },
    ),
  );
});
