import type { ServerSideSample } from '../../server/contract.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { describeError } from '../system-error.ts';
import type { Monitor } from './monitor.ts';
import { pause } from './pause.ts';
import { sampleOnSchedule } from './sampling-schedule.ts';
import { serverSideSample } from './server-side-sample.ts';

const FEED_INTERVAL_MS = 500;
/**
 * A window's samples are 100 ms apart. Where one is older than this, PostgreSQL is slow to answer: the
 * API is told nothing, and shows how old its last sample is.
 */
const SAMPLE_AGE_MS_MAX = 300;
/** A statement may fail with the server's farewell before the connection is seen to be gone. */
const FAREWELL_MS = 1_000;

export interface ServerSideFeedOptions {
  readonly monitor: Pick<Monitor, 'limits' | 'backendsNow' | 'databaseCounts' | 'lost'>;
  readonly plan: Pick<TrialPlan, 'workers' | 'pool' | 'pooler'>;
  readonly show: (sample: ServerSideSample) => void;
  readonly warn: (sentence: string) => void;
  /** Reads PgBouncer's console and never rejects; `null` where there is no PgBouncer. */
  readonly pgbouncer: (() => Promise<ServerSideSample['pgbouncer']>) | null;
  /** @default 500 */
  readonly intervalMs?: number;
}

export interface ServerSideFeed {
  /** Resolves when nothing is asked any more. Never rejects; idempotent. */
  stop(): Promise<void>;
}

/**
 * Tells the API about twice a second what the monitor sees of the database, beginning now. A read that
 * fails ends it, and nothing else: what the API shows grows old and says so. That the monitor's
 * connection is lost is told by its `lost`; any other reason is a warning.
 */
export function startServerSideFeed(options: ServerSideFeedOptions): ServerSideFeed {
  const { intervalMs = FEED_INTERVAL_MS } = options;
  const stopping = new AbortController();
  const ended = sampleOnSchedule({
    intervalMs,
    signal: stopping.signal,
    now: () => performance.now(),
    sample: async () => {
      const sample = await readSample(options);
      if (sample !== null && !stopping.signal.aborted) options.show(sample);
    },
  }).then(async ({ error }) => {
    if (error === null) return;
    const isLost = await Promise.race([
      options.monitor.lost.then(() => true),
      pause(FAREWELL_MS, stopping.signal).then(() => false),
    ]);
    if (isLost) return;
    options.warn(`the API's metrics show the database no more: ${describeError(error)}`);
  });
  return {
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
}

async function readSample({
  monitor,
  plan,
  pgbouncer,
}: ServerSideFeedOptions): Promise<ServerSideSample | null> {
  const backends = await monitor.backendsNow(SAMPLE_AGE_MS_MAX);
  if (backends === null) return null;
  const { groups, askedAtMs: takenAtMs } = backends;
  const [counts, console] = await Promise.all([monitor.databaseCounts(), pgbouncer?.() ?? null]);
  const { limits } = monitor;
  return serverSideSample({ takenAtMs, groups, counts, limits, plan, pgbouncer: console });
}
