import { expect, test } from 'vitest';
import { readPgbouncer } from './pgbouncer-reading.ts';

const POOLS = {
  clients: { active: 4, waiting: 2 },
  servers: { active: 2, idle: 0, used: 0, tested: 0, login: 0 },
  maxWaitMs: 3,
};
const TOTALS = { transactions: 7, queries: 9, waitMs: 2.5, transactionMs: 80 };

test.each([
  ['both', POOLS, TOTALS, { ...POOLS, totals: { transactions: 7, queries: 9, waitMs: 2.5 } }],
  ['its pools alone', POOLS, null, { ...POOLS, totals: null }],
  ['its totals alone', null, TOTALS, null],
] as const)('of a PgBouncer that tells %s that is shown', async (_, pools, totals, shown) => {
  const console = { read: async () => pools, readTotals: async () => totals };
  expect(await readPgbouncer(console)).toEqual(shown);
});
