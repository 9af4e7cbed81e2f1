import { type PairedRatio, pairedRatio } from '../analysis/statistics/paired-ratio.ts';
import type { LoadEngine, LoadRequest } from '../load/load-engine.ts';

export interface Target {
  readonly request: LoadRequest;
  /** CPU time its processes have used so far, in ms; `null` where nobody tells. */
  readonly readCpuMs: (() => Promise<number>) | null;
}

export interface Interleaved {
  /** Right answers per second, left over right. */
  readonly throughput: PairedRatio | null;
  /** CPU time of the target per right answer, left over right; steadier on a machine that is shared. */
  readonly cpuPerAnswer: PairedRatio | null;
  readonly windows: readonly WindowPair[];
}

export interface WindowPair {
  readonly left: Window;
  readonly right: Window;
}

interface Window {
  readonly perSecond: number;
  readonly cpuMsPerAnswer: number;
}

/**
 * Two targets in interleaved pairs (ABBA) after one warm-up each. Both stay up all the time; the one
 * that is not asked is idle.
 */
export async function measureInterleaved(options: {
  readonly engine: LoadEngine;
  readonly left: Target;
  readonly right: Target;
  readonly pairs: number;
  readonly warmupMs: number;
}): Promise<readonly WindowPair[]> {
  const { engine, left, right, pairs, warmupMs } = options;
  const measure = async ({ request, readCpuMs }: Target): Promise<Window> => {
    const cpuBeforeMs = (await readCpuMs?.()) ?? Number.NaN;
    const { ledger, durationMs } = await engine.run(request, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    const cpuMs = ((await readCpuMs?.()) ?? Number.NaN) - cpuBeforeMs;
    return { perSecond: ledger.ok / (durationMs / 1000), cpuMsPerAnswer: cpuMs / ledger.ok };
  };
  for (const target of [left, right]) {
    await measure({ ...target, request: { ...target.request, durationMs: warmupMs } });
  }
  const windows: WindowPair[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      const first = await measure(left);
      windows.push({ left: first, right: await measure(right) });
    } else {
      const first = await measure(right);
      windows.push({ left: await measure(left), right: first });
    }
  }
  return windows;
}

/**
 * The ratio over rounds, each of fresh processes: two processes of the same program differ by some
 * percent for as long as they live, so windows of one pair of processes are not independent. With one
 * round, its windows are taken for lack of better.
 */
export function ratiosOver(rounds: readonly (readonly WindowPair[])[]): Interleaved {
  const [only, ...others] = rounds;
  const pairs = only !== undefined && others.length === 0 ? only : rounds.map(meanOf);
  const ratioOf = (read: (window: Window) => number): PairedRatio | null =>
    pairedRatio(pairs.map((pair) => ({ left: read(pair.left), right: read(pair.right) })));
  return {
    throughput: ratioOf(({ perSecond }) => perSecond),
    cpuPerAnswer: ratioOf(({ cpuMsPerAnswer }) => cpuMsPerAnswer),
    windows: rounds.flat(),
  };
}

function meanOf(windows: readonly WindowPair[]): WindowPair {
  const mean = (read: (pair: WindowPair) => number): number =>
    windows.reduce((sum, pair) => sum + read(pair), 0) / windows.length;
  return {
    left: {
      perSecond: mean(({ left }) => left.perSecond),
      cpuMsPerAnswer: mean(({ left }) => left.cpuMsPerAnswer),
    },
    right: {
      perSecond: mean(({ right }) => right.perSecond),
      cpuMsPerAnswer: mean(({ right }) => right.cpuMsPerAnswer),
    },
  };
}
