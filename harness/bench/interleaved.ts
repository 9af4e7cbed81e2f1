import { type PairedRatio, pairedRatio } from '../analysis/paired-ratio.ts';
import type { LoadEngine, LoadRequest } from '../load/load-engine.ts';

export interface Interleaved {
  readonly ratio: PairedRatio | null;
  readonly leftPerSecond: readonly number[];
  readonly rightPerSecond: readonly number[];
}

/**
 * Right answers per second of two targets, in interleaved pairs (ABBA) after one warm-up each. Both
 * targets stay up all the time; the one that is not asked is idle.
 */
export async function measureInterleaved(options: {
  readonly engine: LoadEngine;
  readonly left: LoadRequest;
  readonly right: LoadRequest;
  readonly pairs: number;
  readonly warmupMs: number;
}): Promise<Interleaved> {
  const { engine, left, right, pairs, warmupMs } = options;
  const perSecond = async (request: LoadRequest): Promise<number> => {
    const result = await engine.run(request, {
      signal: new AbortController().signal,
      onProgress: () => undefined,
    });
    return result.ledger.ok / (result.durationMs / 1000);
  };
  await perSecond({ ...left, durationMs: warmupMs });
  await perSecond({ ...right, durationMs: warmupMs });
  const leftPerSecond: number[] = [];
  const rightPerSecond: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    if (pair % 2 === 0) {
      leftPerSecond.push(await perSecond(left));
      rightPerSecond.push(await perSecond(right));
    } else {
      rightPerSecond.push(await perSecond(right));
      leftPerSecond.push(await perSecond(left));
    }
  }
  return {
    ratio: pairedRatio(
      leftPerSecond.map((value, index) => ({
        left: value,
        right: rightPerSecond[index] ?? Number.NaN,
      })),
    ),
    leftPerSecond,
    rightPerSecond,
  };
}
