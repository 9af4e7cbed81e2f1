import type { DatabaseConfig } from '../../server/contract.ts';
import type { ConnectionTimes } from '../analysis/cost/connection-times.ts';
import type { Absent, ObservedConnections } from '../analysis/cost/cost-observation.ts';
import { VARIANTS, type VariantId } from '../analysis/cost/variants.ts';
import { LabError } from '../lab-error.ts';
import { pause } from '../runner/pause.ts';
import { destinationOf, measureConnection, refusalWords } from './stamped-connection.ts';

/**
 * Of each variant, before the first round: what PostgreSQL reads once for all sessions is read, what this
 * process compiles when it is hot is compiled, and PgBouncer's pool is filled.
 */
export const DISCARDED = 10;

/** What ends in the middle is heard of within moments of its connections. */
const ENDING_MS = 500;

/** In the server's log and in `pg_stat_activity`. */
const APPLICATION_NAME = 'pool-lab cost';

/**
 * A join of two catalogs by their keys: every PostgreSQL has it, and to a fresh session it is what the
 * first query of an application is, dozens of lookups in empty catalog caches.
 */
export const QUERY = `SELECT c.relname, n.nspname FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = 1259`;

/** Where a variant is measured, or why it is not. */
export type Way = DatabaseConfig | Absent;
export type Ways = ReadonlyMap<VariantId, Way>;

/**
 * Connections of all variants, one at a time, a round of each after the other: what drifts meanwhile drifts
 * for all of them. Every other round goes backwards, so that none always follows the same one.
 *
 * A variant whose first connection fails is absent; one that fails later is a failure.
 *
 * @throws LabError DATABASE_UNREACHABLE, or the signal's reason
 */
export async function measureConnections(
  ways: Ways,
  options: {
    readonly rounds: number;
    readonly signal: AbortSignal;
    readonly onRound: (round: number) => void;
  },
): Promise<ReadonlyMap<VariantId, ObservedConnections | Absent>> {
  const { rounds, signal, onRound } = options;
  const results = new Map<VariantId, ObservedConnections | Absent>();
  const open: {
    readonly id: VariantId;
    readonly everyRounds: number;
    readonly measure: Measure;
  }[] = [];
  for (const { id, everyRounds } of VARIANTS) {
    const way = ways.get(id);
    if (way === undefined) continue;
    if ('absent' in way) {
      results.set(id, way);
      continue;
    }
    const destination = destinationOf(way);
    const measure: Measure = () =>
      measureConnection(destination, { sql: QUERY, applicationName: APPLICATION_NAME });
    const refused = await warmUp(measure, { everyRounds, signal });
    if (refused === null) open.push({ id, everyRounds, measure });
    else results.set(id, { absent: refused });
  }
  const measured = new Map<VariantId, Map<number, ConnectionTimes>>(
    open.map(({ id }) => [id, new Map()]),
  );
  for (let round = 0; round < rounds; round += 1) {
    onRound(round);
    for (const { id, everyRounds, measure } of round % 2 === 0 ? open : open.toReversed()) {
      signal.throwIfAborted();
      if (round % everyRounds !== 0) continue;
      try {
        measured.get(id)?.set(round, await measure());
      } catch (error) {
        throw await failed({ id, round, error, signal });
      }
    }
  }
  for (const [id, connections] of measured) results.set(id, connections);
  return results;
}

/** Whoever ended on the way knows better why than the connection that was lost by it. */
async function failed({
  id,
  round,
  error,
  signal,
}: {
  readonly id: VariantId;
  readonly round: number;
  readonly error: unknown;
  readonly signal: AbortSignal;
}): Promise<unknown> {
  await pause(ENDING_MS, signal);
  if (signal.aborted) return signal.reason;
  return new LabError('DATABASE_UNREACHABLE', {
    message: `connection ${id} of round ${round + 1} failed, where those before it did not: ${refusalWords(error)}`,
    hint: 'Who else takes connections there, or ends them? Run it again when nobody does.',
    cause: error,
  });
}

type Measure = () => Promise<ConnectionTimes>;

/** In words why there is no connection; `null`: there is. */
async function warmUp(
  measure: Measure,
  { everyRounds, signal }: { readonly everyRounds: number; readonly signal: AbortSignal },
): Promise<string | null> {
  try {
    await measure();
  } catch (error) {
    return refusalWords(error);
  }
  // What is far away is warm on this side, where it is the same as what is near.
  for (let number = 1; number * everyRounds < DISCARDED; number += 1) {
    signal.throwIfAborted();
    await measure();
  }
  return null;
}
