import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BudgetInput, computeBudget } from './budget.ts';
import { poolerLimits } from './pooler-limits.ts';

const INPUT: BudgetInput = {
  workers: 4,
  shape: { poolSize: 5, maxOverflow: 10 },
  rolloutSurge: 1,
  maxConnections: 30,
  superuserReserved: 3,
  reserved: 0,
  others: 1,
  pooler: { mode: 'transaction', servers: 20, clients: 100 },
};
const budget = (changes: Partial<BudgetInput> = {}) => computeBudget({ ...INPUT, ...changes });

test('60 clients of 100 share 20 connections of 26 usable', () => {
  expect(budget()).toEqual({
    usable: 26,
    floor: 20,
    ceiling: 20,
    rolloutCeiling: 20,
    floorFits: true,
    fits: true,
    fitsDuringRollout: true,
    clients: {
      mode: 'transaction',
      servers: 20,
      clients: 100,
      floor: 20,
      ceiling: 60,
      rolloutCeiling: 75,
      fits: true,
      fitsDuringRollout: true,
      waitingAtCeiling: 40,
    },
  });
});

test('one client more than max_client_conn does not fit, whatever PostgreSQL has left', () => {
  const pooler = (clients: number) => ({ mode: 'transaction', servers: 5, clients }) as const;
  expect(budget({ pooler: pooler(60) })).toMatchObject({ fits: true, fitsDuringRollout: false });
  expect(budget({ pooler: pooler(59) })).toMatchObject({ fits: false, floorFits: true });
});

test('the pooler itself can be more than PostgreSQL has slots for', () => {
  const pooler = { mode: 'transaction', servers: 27, clients: 100 } as const;
  expect(budget({ pooler })).toMatchObject({ ceiling: 27, fits: false, clients: { fits: true } });
});

test('pools without a limit are bounded before PostgreSQL, and not before the pooler', () => {
  const unbounded = budget({ shape: { poolSize: 0, maxOverflow: -1 } });
  expect(unbounded).toMatchObject({ floor: 20, ceiling: 20, floorFits: true, fits: false });
  expect(unbounded.clients).toMatchObject({ ceiling: null, fits: false, waitingAtCeiling: 80 });
});

test('clients that the pooler refuses reach nobody', () => {
  const pooler = { mode: 'session', servers: 20, clients: 8 } as const;
  expect(budget({ pooler })).toMatchObject({ ceiling: 8, fits: false });
});

test('of the clients beyond its connections only those wait that it takes', () => {
  const waiting = (clients: number, servers: number) =>
    budget({ pooler: { mode: 'session', servers, clients } }).clients?.waitingAtCeiling;
  expect(waiting(100, 20)).toBe(40);
  expect(waiting(50, 20)).toBe(30);
  expect(waiting(15, 20)).toBe(0);
});

test('the reserve counts as connections, and no pooler is none', () => {
  const settings = { mode: 'session', defaultPoolSize: 20, maxClientConn: 100 } as const;
  expect(poolerLimits({ ...settings, reservePoolSize: 5 })).toEqual({
    mode: 'session',
    servers: 25,
    clients: 100,
  });
  expect(poolerLimits(null)).toBeNull();
});

test('a pooler never makes more connections to PostgreSQL than the pools would', () => {
  const claims = fc.record({
    workers: fc.integer({ min: 1, max: 64 }),
    poolSize: fc.integer({ min: 1, max: 200 }),
    maxOverflow: fc.integer({ min: 0, max: 200 }),
    servers: fc.integer({ min: 1, max: 300 }),
    clients: fc.integer({ min: 1, max: 3_000 }),
  });
  fc.assert(
    fc.property(claims, ({ workers, poolSize, maxOverflow, servers, clients }) => {
      const shape = { poolSize, maxOverflow };
      const direct = budget({ workers, shape, pooler: null });
      const pooled = budget({ workers, shape, pooler: { mode: 'session', servers, clients } });
      expect(pooled.ceiling).toBeLessThanOrEqual(Math.min(direct.ceiling ?? 0, servers, clients));
      expect(pooled.rolloutCeiling).toBeGreaterThanOrEqual(pooled.ceiling ?? 0);
      expect(pooled.clients?.ceiling).toBe(direct.ceiling);
    }),
  );
});
