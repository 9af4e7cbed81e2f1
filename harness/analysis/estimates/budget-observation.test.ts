import { expect, test } from 'vitest';
import { soundObservations, soundOpenObservations } from '../test/observations.ts';
import { budgetObservation } from './budget-observation.ts';

test.each([
  ['clients can fill every pool beyond what is free', 60, 5, 10, true],
  ['there are fewer clients than free slots', 20, 5, 10, false],
  ['fewer clients leave idle connections behind in pools that keep all', 20, 0, 0, true],
  ['the pools themselves are bounded', 60, 5, 8, false],
])('refusals are predicted when %s', (_, connections, poolSize, maxOverflow, predicted) => {
  const { plan, ...sound } = soundObservations();
  const budget = budgetObservation({
    ...sound,
    plan: {
      ...plan,
      pool: { ...plan.pool, poolSize, maxOverflow },
      load: { ...plan.load, model: { kind: 'closed', connections, thinkTimeMs: 0 } },
    },
  });
  expect(budget).toMatchObject({
    predictedRefusals: predicted,
    observedRefusals: false,
    agrees: !predicted,
  });
});

test('arrivals can have as many requests at the same time as the generator lets in flight', () => {
  const { plan, ...sound } = soundOpenObservations();
  const pool = { ...plan.pool, poolSize: 5, maxOverflow: 10 };
  expect(budgetObservation({ ...sound, plan: { ...plan, pool } })).toMatchObject({
    reachable: 30,
    predictedRefusals: true,
    observedRefusals: false,
    agrees: false,
  });
});

test("a rolling restart is judged by the rollout's ceiling", () => {
  const { plan, ...sound } = soundObservations();
  const pool = { ...plan.pool, poolSize: 5, maxOverflow: 4 };
  const budget = budgetObservation({ ...sound, plan: { ...plan, rolloutSurge: 1, pool } });
  expect(budget.predicted).toMatchObject({ ceiling: 18, rolloutCeiling: 27, usable: 26 });
  expect(budget.predictedRefusals).toBe(true);
});

test('a refusal that a retry made up for was a refusal', () => {
  const sound = soundObservations();
  const { ledger } = sound.load;
  const attempts = { ...ledger.attempts, refusalReasons: { all_slots: 1 } };
  const load = { ...sound.load, ledger: { ...ledger, attempts } };
  expect(budgetObservation({ ...sound, load }).observedRefusals).toBe(true);
});
