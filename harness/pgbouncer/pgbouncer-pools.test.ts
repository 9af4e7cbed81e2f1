import { expect, test } from 'vitest';
import { sumPools } from './pgbouncer-pools.ts';

/** As 1.18 answers: int8 as text, its own order of columns. */
const DEBIAN_12 = {
  database: 'shop',
  user: 'api',
  cl_active: 7,
  cl_waiting: 4,
  cl_active_cancel_req: 1,
  cl_waiting_cancel_req: 0,
  sv_active: 2,
  sv_active_cancel: 1,
  sv_being_canceled: 1,
  sv_idle: 3,
  sv_used: 5,
  sv_tested: 6,
  sv_login: 8,
  maxwait: 2,
  maxwait_us: 250_000,
  pool_mode: 'transaction',
};

test('the pools of one database are added up, and the longest wait is taken', () => {
  const secondUser = { ...DEBIAN_12, user: 'report', maxwait: 1, maxwait_us: 999_000 };
  const elsewhere = { ...DEBIAN_12, database: 'billing', maxwait: 60 };
  expect(sumPools([DEBIAN_12, secondUser, elsewhere], 'shop')).toEqual({
    clients: { active: 14, waiting: 8 },
    servers: { active: 6, idle: 6, used: 10, tested: 12, login: 16 },
    maxWaitMs: 2_250,
  });
});

test('columns are found by name, whatever else a version has and whichever type it sends', () => {
  const { sv_being_canceled: _, ...before118 } = DEBIAN_12;
  const asText = Object.fromEntries(
    Object.entries({ load_balance_hosts: 'round-robin', ...before118 })
      .reverse()
      .map(([column, value]) => [column, String(value)]),
  );
  expect(sumPools([asText], 'shop')).toMatchObject({
    clients: { active: 7, waiting: 4 },
    servers: { active: 2, idle: 3 },
    maxWaitMs: 2_250,
  });
});

test('a database that no client has asked for yet has nothing', () => {
  expect(sumPools([DEBIAN_12], 'billing')).toEqual({
    clients: { active: 0, waiting: 0 },
    servers: { active: 0, idle: 0, used: 0, tested: 0, login: 0 },
    maxWaitMs: 0,
  });
});

test('rows without the columns are refused rather than taken for zero', () => {
  const { cl_waiting: _, ...without } = DEBIAN_12;
  expect(() => sumPools([without], 'shop')).toThrow('cl_waiting');
});
