/**
 * What the corrected closed loop costs: its requests per second against plain autocannon's, on the
 * same server that does nothing. Both run in the same load process, the server in this one; pairs
 * alternate in order, so that a host that gets slower does not favour one of them.
 */

import type { LoadRequest } from '../load/load-engine.ts';
import { createClosedEngine } from '../load/load-process-engine.ts';
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
  }[];
  /** Median over the pairs of corrected / uncorrected requests per second. */
  readonly ratioMedian: number;
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
    serverTiming: 'wait;dur=0.1, connect;dur=0, db;dur=0.5, total;dur=0.7',
  });
  const { connections, durationMs } = options;
  const request: LoadRequest = {
    origin: stub.origin,
    path: '/noop',
    connections,
    durationMs,
    thinkTimeMs: 0,
    drainMs: 1_000,
    requestTimeoutMs: 10_000,
    goodputDeadlineMs: 1_000,
    targetDownMs: 5_000,
  };
  const startedMs = performance.now();
  await using session = await createClosedEngine({ onSpawn: () => () => undefined }).open();
  const processStartMs = performance.now() - startedMs;

  const overheadsMs: number[] = [];
  const corrected = async (): Promise<number> => {
    const beganMs = performance.now();
    const result = await session.run(request, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    overheadsMs.push(performance.now() - beganMs - result.durationMs);
    return result.ledger.ok / (result.durationMs / 1000);
  };
  const uncorrected = async (): Promise<number> => {
    const result = await session.runUncorrected(request);
    return result.answered / (result.durationMs / 1000);
  };

  // Both once, unmeasured: the first run of a process is compiled while it runs.
  await corrected();
  await uncorrected();
  overheadsMs.length = 0;
  const pairs: ClosedEngineBench['pairs'][number][] = [];
  for (let pair = 0; pair < options.pairs; pair += 1) {
    const first = pair % 2 === 0 ? await corrected() : await uncorrected();
    const second = pair % 2 === 0 ? await uncorrected() : await corrected();
    const [correctedPerSecond, uncorrectedPerSecond] =
      pair % 2 === 0 ? [first, second] : [second, first];
    pairs.push({
      correctedPerSecond,
      uncorrectedPerSecond,
      ratio: correctedPerSecond / uncorrectedPerSecond,
    });
  }
  return {
    pairs,
    ratioMedian: median(pairs.map(({ ratio }) => ratio)),
    processStartMs,
    runOverheadMsMedian: median(overheadsMs),
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return (lower + upper) / 2;
}

if (import.meta.main) {
  const bench = await benchClosedEngine({ pairs: 5, connections: 32, durationMs: 1_000 });
  for (const { correctedPerSecond, uncorrectedPerSecond, ratio } of bench.pairs) {
    console.log(
      `${correctedPerSecond.toFixed(0)}/s corrected  ${uncorrectedPerSecond.toFixed(0)}/s uncorrected  ratio ${ratio.toFixed(3)}`,
    );
  }
  console.log(
    `median ratio ${bench.ratioMedian.toFixed(3)}; process start ${bench.processStartMs.toFixed(0)} ms; ` +
      `not measured per run ${bench.runOverheadMsMedian.toFixed(0)} ms`,
  );
}
