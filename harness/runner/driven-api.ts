import {
  ADMIN_PATHS,
  METRICS,
  type ServerDescription,
  type ServerStats,
  serverDescriptionSchema,
  serverStatsSchema,
} from '../../server/contract.ts';
import type { DistanceReading } from '../analysis/trial-machine.ts';
import type { FaultControl } from '../distance/distant-database.ts';
import { LabError } from '../lab-error.ts';
import type { Pgbouncer } from '../pgbouncer/pgbouncer.ts';
import type { ApiTarget } from '../plan/target-asked.ts';
import { describeError } from '../system-error.ts';
import { pause } from './pause.ts';
import type { ServerProcess } from './server-process.ts';

/** How an API sends its prepared statements. */
export interface SentStatements {
  /** With the names that a session knows them by. */
  readonly named: boolean;
  /** Why what lies between it and PostgreSQL cannot carry names, as a sentence; `null`: it can, or nothing is known. */
  readonly problem: string | null;
}

/** What a trial needs of the API it drives, whoever started that. */
export type Api = Pick<
  ServerProcess,
  'url' | 'adminUrl' | 'deaths' | 'ended' | 'stats' | 'rollingRestart'
> & {
  /** What the network to the database did since the last reading; `null`: the lab made none. */
  readonly readDistance: (() => Promise<DistanceReading>) | null;
  /** Of that network, on command; `null` as well where no faults were asked for. */
  readonly faults: FaultControl | null;
  readonly statements: SentStatements;
  /** Between it and the database; `null`: the lab started none. */
  readonly pgbouncer: Pgbouncer | null;
};

/** An API that runs already: it is asked, and neither started nor stopped. */
export interface DrivenApi extends Api {
  readonly description: ServerDescription;
  /** Its metrics show the database: whoever started it has a monitor there, and tells it. */
  readonly showsDatabase: boolean;
  /** Its metrics show a PgBouncer between it and the database. */
  readonly showsPgbouncer: boolean;
  /** No more questions. Idempotent. */
  close(): void;
}

/** An admin port answers in milliseconds, however busy the workers are. */
const ANSWER_DEADLINE_MS = 3_000;
const WATCH_EVERY_MS = 1_000;
/** One answer that fails may be an accident of the network; so many in a row are an API that is gone. */
const FAILURES_MAX = 3;
/** More than any answer of an admin port has, so that a stranger's cannot fill the memory. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/**
 * Asks the API what it is, and watches from now on whether it is there.
 *
 * @throws LabError REFUSED_TARGET where it is none of pool-lab, SERVER_NOT_READY
 */
export async function openDrivenApi(
  { url, adminUrl }: Pick<ApiTarget, 'url' | 'adminUrl'>,
  deps: {
    readonly signal: AbortSignal;
    /** @default 1,000 */
    readonly watchEveryMs?: number;
  },
): Promise<DrivenApi> {
  const closing = new AbortController();
  const ended = new AbortController();
  const signal = AbortSignal.any([deps.signal, closing.signal]);
  const description = await describe(adminUrl, signal);
  const metrics = await get(adminUrl, ADMIN_PATHS.metrics, signal);
  const deaths: { worker: number; reason: string }[] = [];
  let last: ServerStats | null = null;

  const stats = async (): Promise<ServerStats> => {
    // Not `deps.signal`: what was measured until the user's Ctrl-C is told, and this is part of it.
    const said = await getJson(adminUrl, ADMIN_PATHS.stats, closing.signal);
    const answer = serverStatsSchema.safeParse(said);
    if (!answer.success) throw stranger(adminUrl, ADMIN_PATHS.stats);
    const now = answer.data;
    if (last !== null) {
      if (now.primaryCpuMs < last.primaryCpuMs) throw restarted(adminUrl);
      deaths.push(...deathsBetween(last, now));
    }
    last = now;
    return now;
  };
  const { watchEveryMs = WATCH_EVERY_MS } = deps;
  void watch({ adminUrl, signal, watchEveryMs }).then((error) => {
    if (error !== null) ended.abort(error);
  });
  return {
    url,
    adminUrl,
    deaths,
    ended: ended.signal,
    readDistance: null,
    faults: null,
    statements: { named: description.preparedStatements, problem: null },
    pgbouncer: null,
    description,
    showsDatabase: new RegExp(`^${METRICS.pgMaxConnections} `, 'm').test(metrics),
    showsPgbouncer: new RegExp(`^${METRICS.pgbouncerMaxWaitSeconds} `, 'm').test(metrics),
    stats: async () => {
      try {
        return await stats();
      } catch (error) {
        ended.signal.throwIfAborted();
        throw error;
      }
    },
    rollingRestart: () =>
      Promise.reject(new Error('an API that the lab did not start is not restarted by it')),
    close: () => closing.abort(),
  };
}

async function describe(adminUrl: string, signal: AbortSignal): Promise<ServerDescription> {
  const answer = await getJson(adminUrl, ADMIN_PATHS.config, signal);
  const description = serverDescriptionSchema.safeParse(answer);
  if (!description.success) throw stranger(adminUrl, ADMIN_PATHS.config);
  return description.data;
}

function stranger(adminUrl: string, path: string, cause?: unknown): LabError {
  return new LabError('REFUSED_TARGET', {
    message: `what answers at ${adminUrl} is no API of this pool-lab: its ${path} says something else`,
    hint: 'give the admin port of an API that the same version started; nothing else is put under load',
    cause,
  });
}

/** Until it is told to stop (`null`), or the API is gone. */
async function watch({
  adminUrl,
  signal,
  watchEveryMs,
}: {
  readonly adminUrl: string;
  readonly signal: AbortSignal;
  readonly watchEveryMs: number;
}): Promise<LabError | null> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await get(adminUrl, ADMIN_PATHS.health, signal);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return null;
      failures += 1;
      if (failures === FAILURES_MAX && error instanceof LabError) return error;
    }
    await pause(watchEveryMs, signal);
  }
  return null;
}

/** Workers that were alive and are dead, so many of them as the API says that crashed. */
function deathsBetween(
  before: ServerStats,
  after: ServerStats,
): readonly { readonly worker: number; readonly reason: string }[] {
  const alive = new Set(before.workers.flatMap((it) => (it.alive ? [it.worker] : [])));
  const gone = after.workers.filter(({ worker, alive: lives }) => !lives && alive.has(worker));
  return Array.from({ length: Math.max(0, after.crashes - before.crashes) }, (_, index) => ({
    // One that started and crashed in between was never seen alive.
    worker: gone[index]?.worker ?? 0,
    reason: 'crashed, as its API says',
  }));
}

async function getJson(adminUrl: string, path: string, signal: AbortSignal): Promise<unknown> {
  const text = await get(adminUrl, path, signal);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw stranger(adminUrl, path, cause);
  }
}

async function get(adminUrl: string, path: string, signal: AbortSignal): Promise<string> {
  const unanswered = (reason: string, cause?: unknown): LabError =>
    new LabError('SERVER_NOT_READY', {
      message: `the API's admin port ${adminUrl} did not answer ${path}: ${reason}`,
      hint: 'Is it running? Is --target-admin its admin port, under a name it answers to (--allowed-host)?',
      cause,
    });
  let response: Response;
  try {
    response = await fetch(new URL(path, adminUrl), {
      // Whoever sends elsewhere is not who was named.
      redirect: 'error',
      headers: { connection: 'close' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_DEADLINE_MS)]),
    });
    const text = await readLimited(response);
    if (response.ok) return text;
  } catch (error) {
    signal.throwIfAborted();
    throw unanswered(
      describeError(error instanceof Error && error.cause !== undefined ? error.cause : error),
      error,
    );
  }
  throw unanswered(`status ${response.status}`);
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) throw new Error(`more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function restarted(adminUrl: string): LabError {
  return new LabError('SERVER_NOT_READY', {
    message: `the API at ${adminUrl} was started anew in the middle`,
    hint: 'its counters began again, so that nothing adds up; measure again',
  });
}
