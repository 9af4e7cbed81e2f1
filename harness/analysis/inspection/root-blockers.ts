import type { RootBlocker, SessionAt } from './inspection.ts';

/** A session that waits for a lock, and for whom. */
export interface Waiting {
  readonly pid: number;
  /** As `pg_blocking_pids` tells; 0 is a prepared transaction. */
  readonly blockedBy: readonly number[];
}

const PREPARED = 0;

/**
 * Those who block and wait for nobody that was asked about, with how many wait for them directly or
 * behind others, the most first. Deadlocks, which PostgreSQL ends itself, have none.
 */
export function rootBlockers(
  waiting: readonly Waiting[],
  sessions: ReadonlyMap<number, SessionAt>,
): readonly RootBlocker[] {
  const blockedBy = new Map(waiting.map((it) => [it.pid, it.blockedBy]));
  const waitingFor = new Map<number, number>();
  for (const { pid } of waiting) {
    for (const root of rootsOf(pid, blockedBy)) {
      waitingFor.set(root, (waitingFor.get(root) ?? 0) + 1);
    }
  }
  return [...waitingFor]
    .sort(([pidA, a], [pidB, b]) => b - a || pidA - pidB)
    .map(([pid, count]) => ({
      session: sessions.get(pid) ?? null,
      isPrepared: pid === PREPARED,
      waiting: count,
    }));
}

function rootsOf(
  pid: number,
  blockedBy: ReadonlyMap<number, readonly number[]>,
): ReadonlySet<number> {
  const roots = new Set<number>();
  const seen = new Set([pid]);
  const open = [...(blockedBy.get(pid) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    const behind = blockedBy.get(next);
    if (behind === undefined) roots.add(next);
    else open.push(...behind);
  }
  return roots;
}
