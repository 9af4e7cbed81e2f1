import { pause } from '../../runner/pause.ts';
import { describeError, systemErrorCode } from '../../system-error.ts';
import {
  createMetricsAccount,
  type ReadingPhase,
  type ServiceMetrics,
  unknown,
} from './metrics-account.ts';

/** The service's own metrics, as long as a window lasts. */
export interface ServiceMetricsWatch {
  /** Reads once more, and says what was read. Never rejects. Idempotent. */
  stop(): Promise<ServiceMetrics>;
}

export interface ServiceMetricsOptions {
  /** e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** e.g. `/metrics`. */
  readonly path: string;
  /** Of the service, each with a pool of its own; `null`: not known. */
  readonly workers: number | null;
  /** What each of those pools may open; `null`: not known, or no limit. @default null */
  readonly poolMost?: number | null;
  readonly signal: AbortSignal;
  /** @default 1,000 */
  readonly intervalMs?: number;
}

const INTERVAL_MS = 1_000;
/** A service that is full may answer late; the next reading is due by then. */
const ANSWER_DEADLINE_MS = 900;
/** Before and after the load it has nothing else to do, but a JVM's first answer takes its time. */
const QUIET_DEADLINE_MS = 2_000;
/** A large Spring application tells some hundred kilobytes. */
const BODY_BYTES_MAX = 4_000_000;

type Answer =
  | { readonly kind: 'exposition'; readonly text: string }
  /** It will answer so every time. */
  | { readonly kind: 'none'; readonly why: string }
  | { readonly kind: 'failed'; readonly why: string };

/**
 * Reads before the load, in its course and after it, each time by a connection of its own: one that is kept would
 * ask the same worker again and again. Resolves when the first reading is there. What goes wrong is told by
 * `stop`; nothing of it disturbs the window.
 */
export async function watchServiceMetrics(
  options: ServiceMetricsOptions,
): Promise<ServiceMetricsWatch> {
  const { path, workers, poolMost = null, intervalMs = INTERVAL_MS } = options;
  const account = createMetricsAccount({ path, workers, poolMost });
  let problem: string | null = null;
  let read = 0;
  const stopping = new AbortController();
  const readAt = async (phase: ReadingPhase): Promise<boolean> => {
    const [deadlineMs, signals] =
      phase === 'during'
        ? [ANSWER_DEADLINE_MS, [options.signal, stopping.signal]]
        : [QUIET_DEADLINE_MS, [options.signal]];
    const answer = await ask(options, deadlineMs, signals);
    if (answer.kind === 'exposition') {
      account.add(answer.text, phase);
      read += 1;
    } else {
      problem ??= answer.why;
    }
    return answer.kind !== 'none';
  };
  const exists = await readAt('before');
  const reading = exists ? readUntil(stopping.signal, intervalMs, readAt) : null;
  let stopped: Promise<ServiceMetrics> | null = null;
  const stop = async (): Promise<ServiceMetrics> => {
    stopping.abort();
    await reading;
    if (exists) await readAt('after');
    return read === 0 && problem !== null
      ? { metrics: null, unseen: [unknown(problem)] }
      : account.result();
  };
  return {
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** The first after half an interval, so that a short window has one as well. */
async function readUntil(
  signal: AbortSignal,
  intervalMs: number,
  readAt: (phase: ReadingPhase) => Promise<boolean>,
): Promise<void> {
  const begunMs = performance.now();
  for (let dueMs = intervalMs / 2; !signal.aborted; dueMs += intervalMs) {
    const waitMs = begunMs + dueMs - performance.now();
    // One that took longer than an interval has used up the turn of the next.
    if (waitMs < 0) continue;
    await pause(waitMs, signal);
    if (!signal.aborted) await readAt('during');
  }
}

async function ask(
  { origin, path }: Pick<ServiceMetricsOptions, 'origin' | 'path'>,
  deadlineMs: number,
  signals: readonly AbortSignal[],
): Promise<Answer> {
  try {
    // Put together as text: a path that begins with two slashes would be another host to `URL`.
    const response = await fetch(`${origin}${path}`, {
      headers: { accept: 'text/plain;version=0.0.4', connection: 'close' },
      redirect: 'manual',
      signal: AbortSignal.any([...signals, AbortSignal.timeout(deadlineMs)]),
    });
    if (response.status === 200) return await expositionOf(response, path);
    await response.body?.cancel();
    const why = `GET ${path} answers ${response.status}`;
    return { kind: response.status >= 500 ? 'failed' : 'none', why };
  } catch (error) {
    const why = `GET ${path} ${whyFailed(error)}`;
    return { kind: 'failed', why };
  }
}

async function expositionOf(response: Response, path: string): Promise<Answer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    // Leaving the loop closes the connection.
    if (bytes > BODY_BYTES_MAX) {
      return { kind: 'none', why: `GET ${path} answers with more than ${BODY_BYTES_MAX} bytes` };
    }
    chunks.push(chunk);
  }
  return { kind: 'exposition', text: Buffer.concat(chunks).toString('utf8') };
}

/** What `fetch` says is that it failed; why is in its cause. */
function whyFailed(error: unknown): string {
  if (!(error instanceof Error)) return 'fails';
  if (error.name === 'TimeoutError') return 'is not answered in time';
  return `fails (${systemErrorCode(error.cause) ?? describeError(error.cause ?? error)})`;
}
