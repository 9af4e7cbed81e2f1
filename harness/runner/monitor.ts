import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { machineClockMs } from '../machine-clock.ts';
import { clientOptions } from '../postgres/client-options.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from '../postgres/connect-failure.ts';
import { LOOK_APPLICATION_NAME } from '../postgres/database-consent.ts';
import { GuardedClient } from '../postgres/guarded-client.ts';
import {
  type BackendGroup,
  countBackends,
  type DatabaseCounts,
  MONITOR_SESSION,
  readDatabaseBytes,
  readDatabaseCounts,
  readLimits,
  type ServerLimits,
  sampleBackends,
  type TransactionCounts,
} from '../postgres/monitor-queries.ts';
import { readSessionTransports, type SessionTransports } from '../postgres/session-transports.ts';
import { isWatched, type Watched } from '../postgres/watched-sessions.ts';
import { describeError } from '../system-error.ts';
import {
  createWindowAccumulator,
  type LiveConnections,
  type MonitorWindow,
  type WindowPeaks,
} from './monitor-window.ts';
import { sampleOnSchedule } from './sampling-schedule.ts';

/** The lab's eyes on the server side: one connection, a superuser's where there is one, never a second. */
export interface Monitor {
  readonly limits: ServerLimits;
  /** Client backends of everybody who is not watched, this monitor's own among them. */
  countOthers(watched: Watched): Promise<number>;
  databaseBytes(): Promise<number>;
  /** Transactions and sessions of the API's database. */
  databaseCounts(): Promise<DatabaseCounts>;
  /**
   * The backends of this moment. While a window is sampled nothing is asked: its last sample is given
   * back, or `null` where that is older than `ageMsMax`.
   */
  backendsNow(ageMsMax: number): Promise<BackendsSeen | null>;
  /** One window at a time. */
  startSampling(watched: Watched): Sampling;
  /** Waits until no such session is left; gives back how many are, at the deadline. */
  waitUntilGone(watched: Watched, deadlineMs: number): Promise<number>;
  /** Resolves when the connection is lost before `close`; from then on everything else rejects. */
  readonly lost: Promise<LabError>;
  close(): Promise<void>;
}

export interface BackendsSeen {
  readonly groups: readonly BackendGroup[];
  /** On `machineClockMs`. PostgreSQL may have answered much later, and nobody knows which moment it saw. */
  readonly askedAtMs: number;
}

export interface Sampling {
  /** Until now. */
  peaks(): WindowPeaks;
  /** Of the last sample, and until now. */
  live(): LiveConnections;
  /** Never rejects: what was seen until the connection was lost is kept, and says so. Idempotent. */
  stop(): Promise<MonitorWindow>;
}

export interface MonitorOptions {
  readonly superuser: DatabaseConfig;
  /** Open already, and closed by whoever opened it. @default one of its own, as the superuser */
  readonly session?: Client | undefined;
  /** Whose limits are read. */
  readonly api: Pick<DatabaseConfig, 'user' | 'database'>;
  /** @default 100 */
  readonly intervalMs?: number;
  /** @default 10,000 */
  readonly answerDeadlineMs?: number;
}

/** An answer that takes longer means that the server is gone or beyond use. */
const QUERY_DEADLINE_MS = 10_000;
/** What pg says after that. */
const READ_TIMEOUT = 'Query read timeout';
const GONE_POLL_MS = 10;
/** Connections of no pool may be gone before they are looked at; those that nobody may look at stay unseen. */
const LOOKS_MAX = 10;

/**
 * Opens the connection, before any load: later there may be no slot.
 *
 * @throws LabError NO_SLOT_FOR_MONITOR, DATABASE_UNREACHABLE, DATABASE_AUTH
 */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const { superuser, api, intervalMs = 100 } = options;
  const client =
    options.session ??
    new GuardedClient({
      ...clientOptions(superuser),
      ...MONITOR_SESSION,
      connectionTimeoutMillis: CONNECT_DEADLINE_MS,
      query_timeout: options.answerDeadlineMs ?? QUERY_DEADLINE_MS,
    });
  const lost = Promise.withResolvers<LabError>();
  let closing = false;
  let lostError: LabError | null = null;
  const onLost = (error?: Error): void => {
    if (closing || lostError !== null) return;
    lostError = connectionLost(superuser, error);
    lost.resolve(lostError);
  };
  client.on('error', onLost);
  client.on('end', () => onLost());
  try {
    if (options.session === undefined) await client.connect();
  } catch (error) {
    throw explainConnectError(error, superuser);
  }
  const lostBy = (): LabError | null => lostError;
  let windows = 0;
  let lastSample: (BackendsSeen & { readonly answeredAtMs: number }) | null = null;
  const oneAtATime = createTurnstile(lostBy, () =>
    onLost(new Error('it answers nothing any more')),
  );
  const close = async (): Promise<void> => {
    closing = true;
    if (options.session === undefined) await client.end();
  };
  try {
    const limits = await readLimits(client, api);
    if (limits === null) {
      throw new LabError('DATABASE_AUTH', {
        message: `The server at ${superuser.host}:${superuser.port} has no database "${api.database}" or no role "${api.user}".`,
        hint: 'Create them, or name others.',
      });
    }
    return {
      limits,
      lost: lost.promise,
      close,
      countOthers: (watched) =>
        oneAtATime(async () => {
          const groups = await sampleBackends(client);
          return groups
            .filter(
              (group) =>
                !isWatched(watched, group) &&
                // Another lab's, which is refused in a moment.
                group.applicationName !== LOOK_APPLICATION_NAME,
            )
            .reduce((sum, { backends }) => sum + backends, 0);
        }),
      databaseBytes: () => oneAtATime(() => readDatabaseBytes(client, api.database)),
      databaseCounts: () => oneAtATime(() => readDatabaseCounts(client, api.database)),
      backendsNow: async (ageMsMax) => {
        if (windows === 0) return await oneAtATime(() => seeBackends(client));
        if (lastSample === null) return null;
        return machineClockMs() - lastSample.answeredAtMs <= ageMsMax ? lastSample : null;
      },
      startSampling: (watched) => {
        windows += 1;
        return startSampling({
          client,
          oneAtATime,
          lostBy,
          watched,
          intervalMs,
          database: api.database,
          onSample: (seen) => {
            lastSample = { ...seen, answeredAtMs: machineClockMs() };
          },
          onStopped: () => {
            windows -= 1;
          },
        });
      },
      waitUntilGone: async (watched, deadlineMs) => {
        const deadline = performance.now() + deadlineMs;
        for (;;) {
          const left = await oneAtATime(() => countBackends(client, watched));
          if (left === 0 || performance.now() >= deadline) return left;
          await delay(GONE_POLL_MS);
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function seeBackends(client: Client): Promise<BackendsSeen> {
  const askedAtMs = machineClockMs();
  return { askedAtMs, groups: await sampleBackends(client) };
}

type Turnstile = <T>(use: () => Promise<T>) => Promise<T>;

/**
 * One statement at a time on the one connection, in the order of asking. What fails because the
 * connection is lost says why it was lost, not that it is. One without an answer in time is lost: what is asked
 * next would wait behind it.
 */
function createTurnstile(lostBy: () => LabError | null, onSilence: () => void): Turnstile {
  let last: Promise<unknown> = Promise.resolve();
  return (use) => {
    const turn = last.then(use, use).catch((error: unknown) => {
      if (error instanceof Error && error.message === READ_TIMEOUT) onSilence();
      throw lostBy() ?? error;
    });
    last = turn;
    return turn;
  };
}

function startSampling(context: {
  readonly client: Client;
  readonly oneAtATime: Turnstile;
  readonly lostBy: () => LabError | null;
  readonly watched: Watched;
  readonly intervalMs: number;
  readonly database: string;
  readonly onSample: (seen: BackendsSeen) => void;
  readonly onStopped: () => void;
}): Sampling {
  const { client, oneAtATime, lostBy, watched, intervalMs, database } = context;
  const stopping = new AbortController();
  const accumulator = createWindowAccumulator(watched);
  const readCounts = (): Promise<TransactionCounts | null> =>
    // The window says by its own `lost` when the connection is gone; the counts are then unknown.
    oneAtATime(() => readDatabaseCounts(client, database)).catch(() => null);
  let transports: SessionTransports | null = null;
  let looks = 0;
  const window = (async (): Promise<MonitorWindow> => {
    const before = await readCounts();
    const { error, ...account } = await sampleOnSchedule({
      intervalMs,
      signal: stopping.signal,
      now: () => performance.now(),
      sample: async (elapsedMs) => {
        const seen = await oneAtATime(() => seeBackends(client));
        accumulator.add(elapsedMs, seen.groups);
        context.onSample(seen);
        if (transports === null && looks < LOOKS_MAX && accumulator.peaks().workers > 0) {
          looks += 1;
          transports = await oneAtATime(() => readSessionTransports(client, watched));
        }
      },
    });
    context.onStopped();
    const after = await readCounts();
    // The last statement may fail with the server's farewell before the connection is seen to be gone.
    const lost = lostBy() ?? error;
    return {
      ...account,
      ...accumulator.result(),
      intervalMs,
      transactions: difference(before, after),
      transports,
      lost: lost === null ? null : describeError(lost),
    };
  })();
  return {
    peaks: () => accumulator.peaks(),
    live: () => accumulator.live(),
    stop: () => {
      stopping.abort();
      return window;
    },
  };
}

function difference(
  before: TransactionCounts | null,
  after: TransactionCounts | null,
): TransactionCounts | null {
  if (before === null || after === null) return null;
  return {
    committed: after.committed - before.committed,
    rolledBack: after.rolledBack - before.rolledBack,
  };
}

function connectionLost({ host, port }: DatabaseConfig, error: Error | undefined): LabError {
  return new LabError('DATABASE_UNREACHABLE', {
    message: `The monitor lost its connection to ${host}:${port}${error === undefined ? '' : `: ${describeError(error)}`}.`,
    hint: 'Look at the server’s log: did it crash, was it stopped, or was the session terminated?',
    cause: error,
  });
}
