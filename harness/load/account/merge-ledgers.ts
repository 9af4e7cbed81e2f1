import type { Endings, Ledger } from '../load-engine.ts';

type Counts = Readonly<Record<string, number>>;

/** One account of all threads' requests: every count is the sum. */
export function mergeLedgers(ledgers: readonly Ledger[]): Ledger {
  const attempts = ledgers.map((ledger) => ledger.attempts);
  return {
    scheduled: sumOf(ledgers, ({ scheduled }) => scheduled),
    dropped: sumOf(ledgers, ({ dropped }) => dropped),
    ...mergeEndings(ledgers),
    attempts: { started: sumOf(attempts, ({ started }) => started), ...mergeEndings(attempts) },
  };
}

export function mergeCounts(all: readonly Counts[]): Record<string, number> {
  const merged: Record<string, number> = {};
  for (const counts of all) {
    for (const [name, count] of Object.entries(counts)) merged[name] = (merged[name] ?? 0) + count;
  }
  return merged;
}

export function sumOf<T>(items: readonly T[], countOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + countOf(item), 0);
}

function mergeEndings(all: readonly Endings[]): Endings {
  return {
    ok: sumOf(all, ({ ok }) => ok),
    httpErrors: mergeCounts(all.map(({ httpErrors }) => httpErrors)),
    refusalReasons: mergeCounts(all.map(({ refusalReasons }) => refusalReasons)),
    connectionErrors: mergeCounts(all.map(({ connectionErrors }) => connectionErrors)),
    timeouts: sumOf(all, ({ timeouts }) => timeouts),
    lost: sumOf(all, ({ lost }) => lost),
    unanswered: sumOf(all, ({ unanswered }) => unanswered),
  };
}
