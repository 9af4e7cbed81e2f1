import { expect, test } from 'vitest';
import { answerBudget, type BudgetVerdict } from './budget-answer.ts';
import type { Deployment } from './deployment-budget.ts';
import type { Dialect } from './dialect.ts';
import { claimOfShape, shapeOfPool } from './process-claim.ts';
import { splitShape } from './split-shape.ts';
import { firstRefusal, type SlotSettings } from './usable-slots.ts';

const SLOTS: SlotSettings = {
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 0,
  others: 1,
  role: 'ordinary',
};

function answer(
  changes: Partial<Deployment> = {},
  { dialect = 'sqlalchemy', slots = SLOTS }: { dialect?: Dialect; slots?: SlotSettings } = {},
) {
  const deployment: Deployment = {
    replicas: 4,
    workers: 1,
    claim: { idle: 5, most: 15 },
    surge: { kind: 'count', pods: 1 },
    replicasMax: null,
    ...changes,
  };
  return answerBudget({ deployment, slots, dialect });
}

test.each<[Partial<Deployment>, BudgetVerdict]>([
  [{ claim: { idle: 5, most: 15 } }, 'over'],
  [{ claim: { idle: 4, most: 6 } }, 'over-during-rollout'],
  [{ claim: { idle: 3, most: 5 } }, 'fits'],
  [{ claim: { idle: 3, most: 5 }, replicasMax: 6 }, 'over-when-autoscaled'],
  [{ claim: { idle: 3, most: 5 }, replicasMax: 5 }, 'over-when-autoscaled'],
  [{ claim: { idle: 3, most: 5 }, replicasMax: 4 }, 'fits'],
  [{ claim: { idle: 2, most: null } }, 'unbounded'],
  [{ claim: { idle: null, most: null } }, 'unbounded'],
])('%j is %s', (changes, verdict) => {
  expect(answer(changes).verdict).toBe(verdict);
});

test('the largest shapes are 4+2 today and 3+2 through a deploy', () => {
  const { largestNow, largestSafe } = answer();
  expect(largestNow).toEqual({
    shape: { poolSize: 4, maxOverflow: 2 },
    processes: 4,
    connections: 24,
    text: { code: 'create_engine(url, pool_size=4, max_overflow=2)', notes: [] },
  });
  expect(largestSafe?.text?.code).toBe('create_engine(url, pool_size=3, max_overflow=2)');
});

test('who uses no overflow gets none', () => {
  expect(answer({ claim: { idle: 9, most: 9 } }).largestNow?.shape).toEqual({
    poolSize: 6,
    maxOverflow: 0,
  });
});

test('a library without overflow gets one number', () => {
  expect(answer({}, { dialect: 'pg' }).largestSafe?.text).toEqual({
    code: 'new Pool({ max: 5 })',
    notes: [],
  });
});

test('where not even one connection each fits, nothing is advised', () => {
  expect(answer({ replicas: 27 })).toMatchObject({ largestNow: null, largestSafe: null });
  expect(answer({ replicas: 26 }).largestNow?.connections).toBe(26);
});

test.each([
  [6, { poolSize: 4, maxOverflow: 2 }],
  [5, { poolSize: 3, maxOverflow: 2 }],
  [2, { poolSize: 1, maxOverflow: 1 }],
  [1, { poolSize: 1, maxOverflow: 0 }],
])('%d connections split into %j', (perProcess, shape) => {
  expect(splitShape(perProcess, { withOverflow: true })).toEqual(shape);
});

test.each<[Partial<SlotSettings>, string]>([
  [{}, 'superuser_reserved'],
  [{ reserved: 2 }, 'reserved'],
  [{ reserved: 2, role: 'reserved' }, 'superuser_reserved'],
  [{ superuserReserved: 0 }, 'all_slots'],
  [{ superuserReserved: 0, reserved: 2, role: 'reserved' }, 'all_slots'],
  [{ role: 'superuser' }, 'all_slots'],
])('with %j the first refusal is %s', (changes, reason) => {
  expect(firstRefusal({ ...SLOTS, ...changes })).toBe(reason);
});

test('the null pool is judged as unlimited, whatever numbers it was given', () => {
  const shape = { poolSize: 5, maxOverflow: 10 };
  expect(claimOfShape(shapeOfPool({ kind: 'null', ...shape }))).toEqual({ idle: null, most: null });
  expect(claimOfShape(shapeOfPool({ kind: 'queue', ...shape }))).toEqual({ idle: 5, most: 15 });
});
