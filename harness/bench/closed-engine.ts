/**
 * What the corrected closed loop costs: its requests per second against plain autocannon's, on the
 * same server that does nothing. Both run in the same load process, the server in this one; pairs
 * alternate in order, so that a host that gets slower does not favour one of them.
 */

import type { LoadRequest } from '../load/load-engine.ts';
import { createLoadEngine } from '../load/load-process-engine.ts';
import { startStubServer } from '../load/stubs/stub-server.ts';

export interface ClosedEngineBenchOptions {
  readonly pairs: number;
  readonly connections: number;
  readonly durationMs: number;
}

export interface ClosedEngineBench {
  readonly pairs: readonly {
    readonly correctedPerSecond: number;
    readonly uncorrectedPerSecond: number;
    readonly ratio: number;
    /** The same per second of the generator's CPU time: what a shared host hardly disturbs. */
    readonly ratioPerCpuSecond: number;
  }[];
  /** Medians over the pairs of corrected / uncorrected. */
  readonly ratioMedian: number;
  readonly ratioPerCpuSecondMedian: number;
  /** From asking for a load process to its being ready to start at once. */
  readonly processStartMs: number;
  /** Median time of a corrected run that was not measured: connects, drain, encoding, transport. */
  readonly runOverheadMsMedian: number;
}

export async function benchClosedEngine(
  options: ClosedEngineBenchOptions,
): Promise<ClosedEngineBench> {
  await using stub = await startStubServer({
    serviceMs: 0,
    serverTiming: 'wait;dur=0.1, connect;dur=0, db;dur=0.5, loop;dur=0.02, total;dur=0.7',
  });
  const { connections, durationMs } = options;
  const request: LoadRequest = {
    origin: stub.origin,
    path: '/noop',
    model: { kind: 'closed', connections, thinkTimeMs: 0 },
    durationMs,
    drainMs: 1_000,
    requestTimeoutMs: 10_000,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
    seed: 1,
  };
  const startedMs = performance.now();
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const processStartMs = performance.now() - startedMs;

  const overheadsMs: number[] = [];
  const corrected = async (): Promise<Speed> => {
    const beganMs = performance.now();
    const result = await session.run(request, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    overheadsMs.push(performance.now() - beganMs - result.durationMs);
    return speedOf(result.ledger.ok, result.durationMs, result.generator.cpuMs);
  };
  const uncorrected = async (): Promise<Speed> => {
    const result = await session.runUncorrected(request);
    return speedOf(result.answered, result.durationMs, result.cpuMs);
  };

  // Both once, unmeasured: the first run of a process is compiled while it runs.
  await corrected();
  await uncorrected();
  overheadsMs.length = 0;
  const pairs: ClosedEngineBench['pairs'][number][] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) {
    const first = pair % 2 === 0 ? await corrected() : await uncorrected();
    const second = pair % 2 === 0 ? await uncorrected() : await corrected();
    const [ours, plain] = pair % 2 === 0 ? [first, second] : [second, first];
    pairs.push({
      correctedPerSecond: ours.perSecond,
      uncorrectedPerSecond: plain.perSecond,
      ratio: ours.perSecond / plain.perSecond,
      ratioPerCpuSecond: ours.perCpuSecond / plain.perCpuSecond,
    });
  }
  return {
    pairs,
    ratioMedian: median(pairs.map(({ ratio }) => ratio)),
    ratioPerCpuSecondMedian: median(pairs.map(({ ratioPerCpuSecond }) => ratioPerCpuSecond)),
    processStartMs,
    runOverheadMsMedian: median(overheadsMs),
  };
}

interface Speed {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

function speedOf(answers: number, durationMs: number, cpuMs: number): Speed {
  return { perSecond: (answers / durationMs) * 1000, perCpuSecond: (answers / cpuMs) * 1000 };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

if (import.meta.main) {
  const bench = await benchClosedEngine({ pairs: 5, connections: 32, durationMs: 1_000 });
  for (const {
    correctedPerSecond,
    uncorrectedPerSecond,
    ratio,
    ratioPerCpuSecond,
  } of bench.pairs) {
    console.log(
      `${correctedPerSecond.toFixed(0)}/s corrected  ${uncorrectedPerSecond.toFixed(0)}/s uncorrected  ratio ${ratio.toFixed(3)}  by CPU ${ratioPerCpuSecond.toFixed(3)}`,
    );
  }
  console.log(
    `median ratio ${bench.ratioMedian.toFixed(3)}, by CPU ${bench.ratioPerCpuSecondMedian.toFixed(3)}; process start ${bench.processStartMs.toFixed(0)} ms; ` +
      `not measured per run ${bench.runOverheadMsMedian.toFixed(0)} ms`,
  );
}
