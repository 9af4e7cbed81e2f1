import { expect, test } from 'vitest';
import type { PgbouncerConsole } from '../pgbouncer/pgbouncer-console.ts';
import { startPoolerSampling } from './pooler-sampling.ts';

type Console = Pick<PgbouncerConsole, 'read' | 'readTotals'>;
type Sample = NonNullable<Awaited<ReturnType<Console['read']>>>;

const sample = (waiting: number, idle: number, maxWaitMs: number): Sample => ({
  clients: { active: 4, waiting },
  servers: { active: 2, idle, used: 0, tested: 0, login: 1 },
  maxWaitMs,
});
const totals = (count: number) => ({
  transactions: count,
  queries: 2 * count,
  waitMs: 10 * count,
  transactionMs: 100 * count,
});

/** Answers in turn; the last sample again and again. */
function scripted(samples: readonly (Sample | null)[], counts: readonly (number | null)[]) {
  const told = Promise.withResolvers<void>();
  const [left, totalsLeft] = [[...samples], [...counts]];
  const console: Console = {
    read: async () => {
      if (left.length > 1) return left.shift() ?? null;
      told.resolve();
      return left[0] ?? null;
    },
    readTotals: async () => {
      const count = totalsLeft.shift() ?? null;
      return count === null ? null : totals(count);
    },
  };
  return { console, told: told.promise };
}

async function readingOf(samples: readonly (Sample | null)[], counts: readonly (number | null)[]) {
  const warnings: string[] = [];
  const { console, told } = scripted(samples, counts);
  const sampling = await startPoolerSampling({
    console,
    version: '1.18.0',
    ended: new AbortController().signal,
    warn: (sentence) => void warnings.push(sentence),
    intervalMs: 1,
  });
  await told;
  return { reading: await sampling.stop(), warnings };
}

test('peaks are those of the samples, counts those of the window', async () => {
  const seen = [sample(9, 0, 80), null, sample(3, 4, 120), sample(0, 1, 0)];
  const { reading, warnings } = await readingOf(seen, [5, 12]);
  expect(reading).toMatchObject({
    version: '1.18.0',
    clientsActivePeak: 4,
    clientsWaitingPeak: 9,
    maxWaitMs: 120,
    serversPeak: 7,
    transactions: 7,
    queries: 14,
    waitMs: 70,
    transactionMs: 700,
  });
  expect(reading?.samples).toBeGreaterThanOrEqual(2);
  expect(warnings).toEqual([]);
});

test('a peak stays one when less is seen after it, and a mean is that of the samples', async () => {
  const { reading } = await readingOf([sample(8, 6, 10), sample(2, 0, 0)], [0, 1]);
  expect(reading).toMatchObject({ serversPeak: 9, clientsWaitingPeak: 8, maxWaitMs: 10 });
  const { samples = 0, clientsWaitingMean } = reading ?? {};
  // The last one is answered again and again.
  expect(clientsWaitingMean).toBeCloseTo((8 + 2 * (samples - 1)) / samples, 9);
});

test.each([
  ['no sample', [null, null], [5, 12]],
  ['no totals before', [sample(0, 0, 0), sample(0, 0, 0)], [null, 12]],
  ['no totals after', [sample(0, 0, 0), sample(0, 0, 0)], [5, null]],
] as const)('%s is no reading, and is said', async (_, samples, counts) => {
  const { reading, warnings } = await readingOf(samples, counts);
  expect(reading).toBeNull();
  expect(warnings).toEqual([
    expect.stringContaining('what PgBouncer did in this trial is missing'),
  ]);
});
