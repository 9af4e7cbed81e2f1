import type { RequestMix } from '../plan/request-mix.ts';

/**
 * The closed loop: so many callers, each of whom sends its next request when it has its answer and
 * has thought. What throughput, and where does the pool starve?
 */
export interface ClosedModel {
  readonly kind: 'closed';
  readonly connections: number;
  /** Pause of a client between an answer and its next request, in ms. */
  readonly thinkTimeMs: number;
}

/** A stretch of the run with a rate that is constant, or changes linearly from one to the other. */
export interface Stage {
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationMs: number;
}

export const ARRIVALS = ['poisson', 'constant'] as const;
export type Arrivals = (typeof ARRIVALS)[number];
/** What becomes of an arrival when all connections are busy. */
export const AT_CAP = ['drop', 'queue'] as const;
export type AtCap = (typeof AT_CAP)[number];

/**
 * The open model: users arrive at a rate whatever the system does. What do they see, and when does
 * it collapse?
 */
export interface OpenModel {
  readonly kind: 'open';
  /** One after the other; together as long as the run. */
  readonly stages: readonly Stage[];
  readonly arrivals: Arrivals;
  /** Connections of the generator, and thereby requests on the wire at the same time at most. */
  readonly maxInFlight: number;
  readonly atCap: AtCap;
  /** Generator threads that share rate and connections. */
  readonly threads: number;
}

/** Connections that a generator opens for it. */
export function connectionsOf(model: ClosedModel | OpenModel): number {
  return model.kind === 'closed' ? model.connections : model.maxInFlight;
}

/** What a client does about a failure; without a policy nothing, since retries hide exhaustion. */
export interface RetryPolicy {
  /** Further attempts after the first. */
  readonly retriesMax: number;
  /** The n-th pause is drawn evenly between 0 and backoffMs × 2^(n−1) ("full jitter"). */
  readonly backoffMs: number;
}

/** What an engine is asked to do. It is data: it travels to the load process as it stands. */
export interface LoadRequest {
  /** Origin, e.g. `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** What requests call it, as a Host header has it, e.g. `shop.localhost:8080`. @default the origin's own */
  readonly host?: string;
  /** Path with query string, the same for every request; unused where there are `requests`. */
  readonly path: string;
  /** What a service of the user's own is asked. @default `GET` of the path */
  readonly requests?: RequestMix;
  readonly model: ClosedModel | OpenModel;
  readonly durationMs: number;
  /** After `durationMs` no request starts; the unanswered have this long to be answered. */
  readonly drainMs: number;
  /** An attempt older than this is given up, in ms; the first one's age counts from the intended start. */
  readonly requestTimeoutMs: number | null;
  readonly retry: RetryPolicy | null;
  /** An answer within this, from the intended start, counts as goodput, in ms. */
  readonly goodputDeadlineMs: number;
  /** Give the run up when nothing was answered for this long, in ms. */
  readonly targetDownMs: number;
  /** Of the arrivals and of the retries' jitter. */
  readonly seed: number;
  /** Moments of the run after which the first right answer is looked for, see `firstRightMs`. @default none */
  readonly marksMs?: readonly number[];
}

/** How requests ended; of the users' requests and of the single attempts alike. */
export interface Endings {
  /** Answered right: with a status below 400, or with one that its request expects. */
  readonly ok: number;
  /**
   * Answered otherwise, by the error class: the server's own, or one that is known by its words. Where there is none it
   * is `other`, and of a service of the user's own `http_` and the status.
   */
  readonly httpErrors: Readonly<Record<string, number>>;
  /** Refusals (53300) by which text PostgreSQL used; they are part of `httpErrors`. */
  readonly refusalReasons: Readonly<Record<string, number>>;
  /** Failed before the request was sent, by errno code (ECONNREFUSED …). */
  readonly connectionErrors: Readonly<Record<string, number>>;
  readonly timeouts: number;
  /** Sent, then the connection broke before the answer. */
  readonly lost: number;
  /** Still without an answer when the drain ended. */
  readonly unanswered: number;
}

/**
 * The account of every request of one run, as its user saw it end. It must add up:
 * `scheduled = ok + Σ httpErrors + Σ connectionErrors + timeouts + dropped + lost + unanswered`.
 */
export interface Ledger extends Endings {
  readonly scheduled: number;
  /** Never sent because of a cap; always 0 in the closed loop. */
  readonly dropped: number;
  /**
   * What went over the wire: `started = ok + Σ httpErrors + Σ connectionErrors + timeouts + lost +
   * unanswered`. Without retries one attempt for each user's request that was not dropped or given up
   * in the client's queue.
   */
  readonly attempts: Endings & { readonly started: number };
}

/**
 * Right answers that told each part by `Server-Timing`, of all right answers. What an answer does not tell is
 * in its `rest`, and not in the part's histograms: a mean of parts is that of the answers which told it.
 */
export interface TimedAnswers {
  readonly answers: number;
  readonly wait: number;
  readonly connect: number;
  readonly db: number;
  readonly loop: number;
  readonly total: number;
}

/** How the users' requests of one name ended; dropped ones, which were never sent, in neither. */
export interface RequestEndings {
  readonly name: string;
  readonly ok: number;
  readonly failed: number;
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
 * Parts of a right answer's latency. They add up to it, request by request: `lag` from the intended
 * start until the (last) attempt was sent, `wait`, `connect` and `db` as the API tells them, `loop`
 * what the API's own event loop was late, `rest` the API's own work, both HTTP stacks and the network,
 * and whatever of the others was not told, see `TimedAnswers`.
 */
export const COMPONENTS = ['lag', 'wait', 'connect', 'db', 'loop', 'rest'] as const;
export type Component = (typeof COMPONENTS)[number];

/**
 * Right answers whose latency lies between this bucket's edge and the next one's: what they took
 * together, by component. Percentiles of components do not add up; these sums do.
 */
export interface BreakdownBucket {
  /** Lower edge, inclusive. */
  readonly fromUs: number;
  readonly count: number;
  readonly sumUs: Readonly<Record<Component, number>>;
}

/**
 * One second of the run, by the time a request *ended* (`started` by the time it started). The
 * seconds go on through the drain, so that they sum up to the whole run: those that begin at or
 * after `durationMs` belong to the drain, and the last one of either is shorter than a second.
 */
export interface LoadSecond {
  readonly second: number;
  readonly started: number;
  readonly dropped: number;
  readonly good: number;
  /** Integral of requests in flight over this second, in request-seconds; 0 in the drain. */
  readonly inFlightSeconds: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  readonly latencyUs: Readonly<Record<Outcome, EncodedHistogram | null>>;
  /** Of right answers that told them. */
  readonly componentsUs: Readonly<Record<Component, EncodedHistogram | null>>;
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
  /** `null` in the closed loop, whose clients offer what they are answered. */
  readonly offered: {
    /** The rate's integral over the window; of Poisson arrivals the expectation. */
    readonly expected: number;
    /** Arrivals that the schedule drew for the window. */
    readonly due: number;
    /** Of them sent, queued or dropped before the window was over; the rest came too late. */
    readonly issued: number;
  } | null;
  /** Right answers within the goodput deadline. */
  readonly good: number;
  /** Integral of requests in flight over the window, in request-seconds; Little's L × T. */
  readonly inFlightSeconds: number;
  /** Sum over all requests of the time each spent in flight inside the window, in seconds. */
  readonly residenceSeconds: number;
  readonly seconds: readonly LoadSecond[];
  /** Whole run by outcome, drain included. */
  readonly latencyUs: Readonly<Record<Outcome, EncodedHistogram>>;
  /** How late the generator took each request up, dropped ones included: its own lag, no queue's. */
  readonly lagUs: EncodedHistogram;
  /** From sending the last attempt to its answer, of right answers. */
  readonly serviceUs: EncodedHistogram;
  /** Of right answers that told them; see `COMPONENTS`. */
  readonly componentsUs: Readonly<Record<Component, EncodedHistogram>>;
  /** Ascending; only buckets that are not empty. */
  readonly breakdown: readonly BreakdownBucket[];
  /** Answers by worker id: keep-alive pins connections to workers. */
  readonly answersByWorker: Readonly<Record<string, number>>;
  readonly timed: TimedAnswers;
  /** In the order of the mix's templates; empty without `requests`. */
  readonly byRequest: readonly RequestEndings[];
  /**
   * By the request's `marksMs`, how long after each a request that began after it was answered right, in ms;
   * `null`: none was.
   */
  readonly firstRightMs: readonly (number | null)[];
  /** Connections that had to be opened again after the start; not for a switch of the origin. */
  readonly reconnects: number;
  readonly generator: {
    readonly threads: number;
    readonly cpuMs: number;
    /** Busy share of the generator's event loop, 0 to 1; the busiest thread's. */
    readonly eventLoopUtilization: number;
    readonly eventLoopDelayMsP99: number;
    /** In which the event loop stood still, stopped or without CPU, for 100 ms or more; the worst thread's. */
    readonly stalledMs: number;
  };
}

/** Progress once a second, for the live line. */
export interface LoadProgress {
  readonly elapsedMs: number;
  readonly ledger: Ledger;
  readonly good: number;
  readonly inFlight: number;
  /** Of right answers so far; `null` without any. */
  readonly latencyUs: Readonly<Record<ProgressQuantile, number>> | null;
  readonly recent: RecentLoad;
}

/** Since the report before it, about a second; what ended or was due before counts no more. */
export interface RecentLoad {
  /** Of right answers; `null` without any. */
  readonly latencyUs: RecentQuantiles | null;
  /** How late the generator took requests up, as in `LoadResult`; `null` where none was due. */
  readonly lagUs: RecentQuantiles | null;
  /** Busy share of the generator's event loop, 0 to 1. */
  readonly eventLoopUtilization: number;
}
export type RecentQuantiles = Readonly<Record<'p50' | 'p99' | 'max', number>>;

export const PROGRESS_QUANTILES = {
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
} as const;
export type ProgressQuantile = keyof typeof PROGRESS_QUANTILES | 'max';

export interface LoadHooks {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  /** The run has begun, at this moment of `systemClockUs`: everything is counted from it. */
  readonly onStart?: (atUs: number) => void;
  /** Called once, before the start: what may be done to the run while it lasts. */
  readonly onControl?: (control: RunControl) => void;
}

export interface RunControl {
  /**
   * From now on connections go to another origin: each finishes the request that it carries, is closed, and the next
   * one goes over a new connection. Those are no `reconnects`, and nothing is lost by it. The same origin once more
   * changes nothing. Resolves when no request is in flight to an origin that was left, or when the run is over.
   */
  switchOrigin(origin: string): Promise<void>;
}

export interface LoadEngine {
  /** Aborting stops issuing, keeps what is measured and resolves with `ended: 'aborted'`. */
  run(request: LoadRequest, hooks: LoadHooks): Promise<LoadResult>;
}
