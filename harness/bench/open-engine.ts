/**
 * What the open engine can do: how late it dispatches at a rate that is offered to it, up to which rate
 * it keeps up, and what it makes at full throttle beside autocannon and wrk. The generator runs in the
 * load process, the server, which does nothing, in this one.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { decodeHistogram } from '../load/account/histogram.ts';
import type { LoadRequest, LoadResult } from '../load/load-engine.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import type { LoadSession } from '../load/load-session.ts';
import { startNoopServer } from './noop-server.ts';

/** The next step is tried as long as a rate is kept up. */
const LADDER_PER_SECOND = [
  1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_500, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000,
  60_000,
] as const;
/** Short of the offered rate by more, or later at p99: it does not keep up. */
export const KEEPS_UP = { missedShareMax: 0.01, lagMsP99Max: 5 } as const;
/**
 * Offered at full throttle, as a multiple of the most that was answered so far: more than can be answered,
 * and not so much more that the generator is busy with users who only wait.
 */
const FULL_THROTTLE = 1.2;
const CONNECTIONS = 64;

export interface Dispatch {
  readonly ratePerSecond: number;
  /** Share of the due arrivals that were not sent: too late for the window, or no connection was free. */
  readonly missedShare: number;
  /** Those of them that found no free connection. */
  readonly droppedShare: number;
  readonly lagMsP50: number;
  readonly lagMsP99: number;
  readonly latencyMsP50: number;
  /** Busy share of the generator's event loop. */
  readonly eventLoopUtilization: number;
  /** CPU time over wall time: 1 is a whole core. */
  readonly cpuShare: number;
}

export interface OpenEngineBench {
  readonly at2000: Dispatch;
  /** Ascending; the last one is the first that was not kept up with, unless all were. */
  readonly ladder: readonly Dispatch[];
  readonly fullThrottle: {
    /** Answers per second, medians over the rounds. */
    readonly open: number;
    readonly autocannon: number;
    /** `null` where it is not installed. */
    readonly wrk: number | null;
    readonly rounds: number;
  };
}

export interface OpenEngineBenchOptions {
  readonly durationMs: number;
  readonly rounds: number;
}

export async function benchOpenEngine(options: OpenEngineBenchOptions): Promise<OpenEngineBench> {
  await using server = await startNoopServer();
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const bench = new Bench(session, server.origin, options);
  // Unmeasured: the first run of a process is compiled while it runs.
  await bench.dispatch(2_000);
  const at2000 = await bench.dispatch(2_000);
  const ladder: Dispatch[] = [];
  for (const ratePerSecond of LADDER_PER_SECOND) {
    const dispatch = await bench.dispatch(ratePerSecond);
    ladder.push(dispatch);
    if (!keepsUp(dispatch)) break;
  }
  return { at2000, ladder, fullThrottle: await bench.fullThrottle() };
}

export function keepsUp({ missedShare, lagMsP99 }: Dispatch): boolean {
  return missedShare <= KEEPS_UP.missedShareMax && lagMsP99 <= KEEPS_UP.lagMsP99Max;
}

class Bench {
  readonly #session: LoadSession;
  readonly #origin: string;
  readonly #options: OpenEngineBenchOptions;

  constructor(session: LoadSession, origin: string, options: OpenEngineBenchOptions) {
    this.#session = session;
    this.#origin = origin;
    this.#options = options;
  }

  async dispatch(ratePerSecond: number): Promise<Dispatch> {
    const result = await this.#run(ratePerSecond, 'drop');
    const { due, issued } = result.offered ?? { due: 0, issued: 0 };
    const { cpuMs, eventLoopUtilization } = result.generator;
    return {
      ratePerSecond,
      missedShare: (due - issued + result.ledger.dropped) / due,
      droppedShare: result.ledger.dropped / due,
      lagMsP50: quantileMs(result.lagUs, 0.5),
      lagMsP99: quantileMs(result.lagUs, 0.99),
      latencyMsP50: quantileMs(result.latencyUs.ok, 0.5),
      eventLoopUtilization,
      cpuShare: cpuMs / result.durationMs,
    };
  }

  /** Interleaved, so that a host that gets slower does not favour one of them. */
  async fullThrottle(): Promise<OpenEngineBench['fullThrottle']> {
    const { rounds } = this.#options;
    const autocannon = [await this.#autocannonPerSecond()];
    const open = [await this.#openPerSecond(median(autocannon))];
    const wrk: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      open.push(await this.#openPerSecond(Math.max(...open) * FULL_THROTTLE));
      const byWrk = await this.#wrkPerSecond();
      if (byWrk !== null) wrk.push(byWrk);
      autocannon.push(await this.#autocannonPerSecond());
    }
    return {
      // The first ones were their warm-up.
      open: median(open.slice(1)),
      autocannon: median(autocannon.slice(1)),
      wrk: wrk.length === 0 ? null : median(wrk),
      rounds,
    };
  }

  async #openPerSecond(ratePerSecond: number): Promise<number> {
    const { ledger, durationMs } = await this.#run(ratePerSecond, 'queue');
    return (ledger.ok / durationMs) * 1_000;
  }

  async #autocannonPerSecond(): Promise<number> {
    const result = await this.#session.runUncorrected({
      ...this.#request(),
      model: { kind: 'closed', connections: CONNECTIONS, thinkTimeMs: 0 },
    });
    return (result.answered / result.durationMs) * 1_000;
  }

  async #wrkPerSecond(): Promise<number | null> {
    const seconds = Math.ceil(this.#options.durationMs / 1_000);
    const connections = String(CONNECTIONS);
    try {
      const { stdout } = await promisify(execFile)('wrk', [
        ...['-t', '1', '-c', connections, '-d', `${seconds}s`],
        `${this.#origin}/noop`,
      ]);
      const perSecond = /^Requests\/sec:\s+(?<perSecond>[\d.]+)/m.exec(stdout)?.groups?.[
        'perSecond'
      ];
      if (perSecond === undefined) throw new Error(`wrk said something unexpected:\n${stdout}`);
      return Number(perSecond);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
  }

  #run(ratePerSecond: number, atCap: 'drop' | 'queue'): Promise<LoadResult> {
    const request = this.#request();
    const { durationMs } = request;
    const stage = { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, durationMs };
    return this.#session.run(
      {
        ...request,
        model: {
          kind: 'open',
          stages: [stage],
          arrivals: 'poisson',
          maxInFlight: CONNECTIONS,
          atCap,
          threads: 1,
        },
      },
      { signal: new AbortController().signal, onProgress: () => undefined },
    );
  }

  #request(): Omit<LoadRequest, 'model'> {
    return {
      origin: this.#origin,
      path: '/noop',
      durationMs: this.#options.durationMs,
      drainMs: 0,
      requestTimeoutMs: null,
      retry: null,
      goodputDeadlineMs: 1_000,
      targetDownMs: 5_000,
      seed: 7,
    };
  }
}

function quantileMs(encoded: string, q: number): number {
  const histogram = decodeHistogram(encoded);
  return histogram.samples === 0 ? Number.NaN : histogram.quantileUs(q) / 1_000;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}
