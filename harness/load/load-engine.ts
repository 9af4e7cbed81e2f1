import type { ServerTimingComponent } from '../../server/contract.ts';

/** What an engine is asked to do. It is data: it travels to the load process as it stands. */
export interface LoadRequest {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** Path with query string, the same for every request. */
  readonly path: string;
  readonly connections: number;
  /** Pause of a client between an answer and its next request, in ms. */
  readonly thinkTimeMs: number;
  readonly durationMs: number;
  /** After `durationMs` no request starts; the unanswered have this long to be answered. */
  readonly drainMs: number;
  /** A request older than this is given up and counted under `timeouts`, in ms. */
  readonly requestTimeoutMs: number;
  /** An answer within this counts as goodput, in ms. */
  readonly goodputDeadlineMs: number;
  /** Give the run up when nothing was answered for this long, in ms. */
  readonly targetDownMs: number;
}

/**
 * The account of every request of one run. It must add up:
 * `scheduled = ok + Σ httpErrors + Σ connectionErrors + timeouts + dropped + lost + unanswered`.
 */
export interface Ledger {
  readonly scheduled: number;
  /** Answered with a status below 400. */
  readonly ok: number;
  /** Answered with 4xx or 5xx, by the server's error class (`other` where it named none). */
  readonly httpErrors: Readonly<Record<string, number>>;
  /** Refusals (53300) by which text PostgreSQL used; they are part of `httpErrors`. */
  readonly refusalReasons: Readonly<Record<string, number>>;
  /** Failed before the request was sent, by errno code (ECONNREFUSED …). */
  readonly connectionErrors: Readonly<Record<string, number>>;
  readonly timeouts: number;
  /** Never sent because of a cap; always 0 in the closed loop. */
  readonly dropped: number;
  /** Sent, then the connection broke before the answer. */
  readonly lost: number;
  /** Still without an answer when the drain ended. */
  readonly unanswered: number;
}

/** An HDR histogram of microseconds in its V2 compressed base64 form; merge, never average. */
export type EncodedHistogram = string;

/**
 * `ok`: a right answer; `error`: a failed answer, a failed connect or a broken connection, with the
 * time until it failed; `censored`: timed out or unanswered, its age as "at least". Together they
 * are all requests of the ledger but the dropped ones.
 */
export const OUTCOMES = ['ok', 'error', 'censored'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * One second of the run, by the time a request *ended* (`started` by the time it started). The
 * seconds go on through the drain, so that they sum up to the whole run: those that begin at or
 * after `durationMs` belong to the drain, and the last one of either is shorter than a second.
 */
export interface LoadSecond {
  readonly second: number;
  readonly started: number;
  readonly good: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly latencyUs: Readonly<Record<Outcome, EncodedHistogram | null>>;
}

export interface LoadResult {
  readonly engine: 'closed' | 'open';
  readonly engineVersion: string;
  /** `completed`, or why it ended early; numbers up to then are kept. */
  readonly ended: 'completed' | 'target_down' | 'aborted';
  /** Wall-clock start, ms since the epoch, for labels only; all durations are monotonic. */
  readonly startedAtMs: number;
  /** Length of the measured window, without the drain. */
  readonly durationMs: number;
  readonly drainMs: number;
  readonly ledger: Ledger;
  /**
   * Laws of the engine's own account that did not hold at some moment of the run, each with both
   * sides; none in a sound result. Any makes the trial INVALID.
   */
  readonly brokenLaws: readonly string[];
  /** Right answers within the goodput deadline. */
  readonly good: number;
  /** Integral of requests in flight over the window, in request-seconds; Little's L × T. */
  readonly inFlightSeconds: number;
  /** Sum over all requests of the time each spent in flight inside the window, in seconds. */
  readonly residenceSeconds: number;
  readonly seconds: readonly LoadSecond[];
  /** Whole run by outcome, drain included. */
  readonly latencyUs: Readonly<Record<Outcome, EncodedHistogram>>;
  /** Of right answers, from `Server-Timing`, and `rest`: what the client saw beyond `total`. */
  readonly componentsUs: Readonly<Record<ServerTimingComponent | 'rest', EncodedHistogram>>;
  /** Answers by worker id: keep-alive pins connections to workers. */
  readonly answersByWorker: Readonly<Record<string, number>>;
  readonly generator: {
    readonly cpuMs: number;
    /** Busy share of the generator's event loop, 0 to 1. */
    readonly eventLoopUtilization: number;
    readonly eventLoopDelayMsP99: number;
  };
}

/** Progress once a second, for the live line. */
export interface LoadProgress {
  readonly elapsedMs: number;
  readonly ok: number;
  readonly errors: number;
  readonly inFlight: number;
}

export interface LoadEngine {
  readonly kind: 'closed' | 'open';
  /** Aborting stops issuing, keeps what is measured and resolves with `ended: 'aborted'`. */
  run(
    request: LoadRequest,
    hooks: { readonly signal: AbortSignal; readonly onProgress: (progress: LoadProgress) => void },
  ): Promise<LoadResult>;
}
