import type { PoolerReading } from '../analysis/trial-machine.ts';
import type { PgbouncerConsole } from '../pgbouncer/pgbouncer-console.ts';
import { sampleOnSchedule } from './sampling-schedule.ts';

/** Queues in it last for tenths of a second where they matter; a question costs it some 0.1 ms. */
const SAMPLE_INTERVAL_MS = 250;

export interface PoolerSampling {
  /** `null` where its console did not answer. Never rejects; idempotent. */
  stop(): Promise<PoolerReading | null>;
}

/** Looks at a PgBouncer, by its own console, from when this resolves on. Never rejects. */
export async function startPoolerSampling({
  console,
  version,
  ended,
  warn,
  intervalMs = SAMPLE_INTERVAL_MS,
}: {
  readonly console: Pick<PgbouncerConsole, 'read' | 'readTotals'>;
  readonly version: string;
  /** Aborted when it is no more, which others tell. */
  readonly ended: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** @default 250 */
  readonly intervalMs?: number;
}): Promise<PoolerSampling> {
  const stopping = new AbortController();
  const peaks = { clientsActive: 0, clientsWaiting: 0, maxWaitMs: 0, servers: 0 };
  let samples = 0;
  let waiting = 0;
  const sample = async (): Promise<void> => {
    const seen = await console.read();
    if (seen === null) return;
    samples += 1;
    waiting += seen.clients.waiting;
    const { clients, servers, maxWaitMs } = seen;
    const serversNow = Object.values(servers).reduce((sum, number) => sum + number, 0);
    peaks.clientsActive = Math.max(peaks.clientsActive, clients.active);
    peaks.clientsWaiting = Math.max(peaks.clientsWaiting, clients.waiting);
    peaks.maxWaitMs = Math.max(peaks.maxWaitMs, maxWaitMs);
    peaks.servers = Math.max(peaks.servers, serversNow);
  };
  const before = await console.readTotals();
  const reading = (async (): Promise<PoolerReading | null> => {
    await sampleOnSchedule({
      intervalMs,
      signal: stopping.signal,
      now: () => performance.now(),
      sample,
    });
    const after = await console.readTotals();
    if (before === null || after === null || samples === 0) {
      if (ended.aborted) return null;
      warn(
        `what PgBouncer did in this trial is missing: its console answered ${samples} times, and ${[before, after].includes(null) ? 'did not tell' : 'told'} its totals`,
      );
      return null;
    }
    return {
      version,
      samples,
      clientsActivePeak: peaks.clientsActive,
      clientsWaitingPeak: peaks.clientsWaiting,
      clientsWaitingMean: waiting / samples,
      maxWaitMs: peaks.maxWaitMs,
      serversPeak: peaks.servers,
      transactions: after.transactions - before.transactions,
      queries: after.queries - before.queries,
      waitMs: after.waitMs - before.waitMs,
      transactionMs: after.transactionMs - before.transactionMs,
    };
  })();
  return {
    stop: () => {
      stopping.abort();
      return reading;
    },
  };
}
