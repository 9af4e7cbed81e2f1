import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BudgetInput, computeBudget } from './budget.ts';

const INPUT: BudgetInput = {
  workers: 4,
  shape: { poolSize: 5, maxOverflow: 10 },
  rolloutSurge: 1,
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 0,
  others: 1,
};
const budget = (changes: Partial<BudgetInput> = {}) => computeBudget({ ...INPUT, ...changes });

test('4 workers × (5+10) can open 60 where 26 are usable', () => {
  expect(budget()).toEqual({
    usable: 26,
    floor: 20,
    ceiling: 60,
    rolloutCeiling: 75,
    floorFits: true,
    fits: false,
    fitsDuringRollout: false,
    clients: null,
  });
});

test('4 × (4+2) fits until a rolling deploy makes it 30', () => {
  expect(budget({ shape: { poolSize: 4, maxOverflow: 2 } })).toMatchObject({
    ceiling: 24,
    fits: true,
    rolloutCeiling: 30,
    fitsDuringRollout: false,
  });
});

test('4 × (3+2) survives the deploy', () => {
  expect(budget({ shape: { poolSize: 3, maxOverflow: 2 } })).toMatchObject({
    rolloutCeiling: 25,
    fitsDuringRollout: true,
  });
});

// Workers × size where the last one still fits, and one beyond it.
test.each([
  [1, 11, 15, true],
  [1, 12, 15, false],
  [2, 13, 30, true],
  [3, 9, 30, false],
  [4, 14, 60, true],
  [3, 19, 60, false],
])('%d × %d at max_connections %d fits: %s', (workers, poolSize, maxConnections, fits) => {
  expect(budget({ workers, shape: { poolSize, maxOverflow: 0 }, maxConnections }).fits).toBe(fits);
});

test('pool_size 0 is unlimited: no floor, no ceiling, fits nowhere', () => {
  expect(budget({ shape: { poolSize: 0, maxOverflow: 5 } })).toMatchObject({
    floor: null,
    ceiling: null,
    rolloutCeiling: null,
    floorFits: false,
    fits: false,
  });
});

test('max_overflow −1 has a floor and no ceiling', () => {
  expect(budget({ shape: { poolSize: 5, maxOverflow: -1 } })).toMatchObject({
    floor: 20,
    floorFits: true,
    ceiling: null,
    fits: false,
    fitsDuringRollout: false,
  });
});

test('more reserved and others than there are leave nothing usable, not less than nothing', () => {
  expect(budget({ maxConnections: 3, others: 9 }).usable).toBe(0);
});

const inputs = fc.record({
  workers: fc.integer({ min: 1, max: 64 }),
  shape: fc.record({
    poolSize: fc.integer({ min: 0, max: 1_000 }),
    maxOverflow: fc.integer({ min: -1, max: 1_000 }),
  }),
  rolloutSurge: fc.integer({ min: 0, max: 64 }),
  maxConnections: fc.integer({ min: 1, max: 10_000 }),
  superuserReserved: fc.integer({ min: 0, max: 100 }),
  reserved: fc.integer({ min: 0, max: 100 }),
  others: fc.integer({ min: 0, max: 1_000 }),
});

test('floor ≤ ceiling ≤ rollout ceiling, and each fits only if the one before does', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { floor, ceiling, rolloutCeiling, floorFits, fits, fitsDuringRollout } =
        computeBudget(input);
      const size = (claim: number | null): number => claim ?? Number.POSITIVE_INFINITY;
      expect(size(floor)).toBeLessThanOrEqual(size(ceiling));
      expect(size(ceiling)).toBeLessThanOrEqual(size(rolloutCeiling));
      expect(fits ? floorFits : true).toBe(true);
      expect(fitsDuringRollout ? fits : true).toBe(true);
    }),
  );
});

test('one more connection of somebody else never makes anything fit', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const more = computeBudget({ ...input, others: input.others + 1 });
      if (more.fits) expect(computeBudget(input).fits).toBe(true);
    }),
  );
});

test('a deployment that fits leaves at least 0 of the slots and needs no more than usable', () => {
  fc.assert(
    fc.property(inputs, (input) => {
      const { ceiling, fits, usable } = computeBudget(input);
      const free = input.maxConnections - input.superuserReserved - input.reserved - input.others;
      expect(fits).toBe(ceiling !== null && ceiling <= Math.max(0, free));
      expect(usable).toBe(Math.max(0, free));
    }),
  );
});
