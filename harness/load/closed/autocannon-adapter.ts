import autocannon, { type Client, type ResponseHead } from 'autocannon';
import type { LoadRequest } from '../load-engine.ts';
import { US_PER_MS } from '../monotonic-clock.ts';

export type AutocannonClient = Client;
export type AutocannonResponseHead = ResponseHead;

/** As the LoadResult names it; the package is pinned to exactly this version. */
export const AUTOCANNON_VERSION = 'autocannon 9.0.0';

/**
 * Far beyond any run, and below the 2^31 ms at which a timer would fire at once. Requests time out
 * and runs end by the lab's own clock: autocannon's timeouts never reach a histogram, and its
 * duration is read from the wall clock.
 */
const NEVER_SECONDS = 2_000_000;

/** autocannon looks once per interval whether it was stopped, so this is what an end may cost. */
const STOP_CHECK_MS = 20;

export interface AutocannonTarget {
  readonly origin: string;
  /** Path with query string. */
  readonly path: string;
  readonly connections: number;
}

export interface AutocannonRun {
  /** Resolves when autocannon's own timers are gone; the clients were destroyed before. */
  stop(): Promise<void>;
}

/**
 * Starts autocannon for its clients only: `setUpClient` gets each one before its first connect.
 *
 * Never used, because they are wrong: rates (all connections in phase), the correction for
 * coordinated omission (seconds for milliseconds), workers (no response events, no stop),
 * reconnectRate (counts no answers), and every number of its result.
 */
export function startAutocannon(
  target: AutocannonTarget,
  setUpClient: (client: AutocannonClient) => void,
): AutocannonRun {
  const run = autocannon({
    ...optionsFor(target),
    duration: NEVER_SECONDS,
    timeout: NEVER_SECONDS,
    sampleInt: STOP_CHECK_MS,
    setupClient: setUpClient,
    skipAggregateResult: true,
  });
  return {
    stop: async () => {
      run.stop();
      await run;
    },
  };
}

/** What autocannon says when it is left alone; latencies in whole ms, as it reports them. */
export interface UncorrectedResult {
  readonly sent: number;
  readonly answered: number;
  readonly errors: number;
  readonly timeouts: number;
  readonly durationMs: number;
  readonly latencyMsP50: number;
  readonly latencyMsP99: number;
  readonly latencyMsMax: number;
  /** CPU time that the process spent, from the first connect to the result. */
  readonly cpuMs: number;
}

/**
 * autocannon as it comes, to be shown beside the corrected engine on a server of known truth. Of the
 * request it takes what it can: it neither thinks nor retries nor drains.
 */
export async function runUncorrected(request: LoadRequest): Promise<UncorrectedResult> {
  const { origin, path, model, durationMs, requestTimeoutMs } = request;
  if (model.kind !== 'closed') throw new Error('autocannon knows the closed loop only');
  const cpuAtStart = process.cpuUsage();
  const result = await autocannon({
    ...optionsFor({ origin, path, connections: model.connections }),
    duration: durationMs / 1000,
    timeout: requestTimeoutMs === null ? NEVER_SECONDS : requestTimeoutMs / 1000,
    sampleInt: 1000,
  });
  const cpu = process.cpuUsage(cpuAtStart);
  return {
    sent: result.requests.sent,
    answered: result.requests.total,
    errors: result.errors,
    timeouts: result.timeouts,
    durationMs: result.duration * 1000,
    latencyMsP50: result.latency.p50,
    latencyMsP99: result.latency.p99,
    latencyMsMax: result.latency.max,
    cpuMs: (cpu.user + cpu.system) / US_PER_MS,
  };
}

/**
 * Whatever is relied on, spelled out even where it is the default. Limits of requests and rates are
 * off by default; their 0 is refused when it is written out.
 */
function optionsFor({ origin, path, connections }: AutocannonTarget) {
  return {
    url: `${new URL(origin).origin}${path}`,
    method: 'GET',
    connections,
    pipelining: 1,
    forever: false,
    idReplacement: false,
    reconnectRate: 0,
  } as const;
}
