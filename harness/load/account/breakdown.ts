import { type BreakdownBucket, COMPONENTS } from '../load-engine.ts';
import type { LatencyPartsUs } from './answer-parts.ts';

/** Buckets for each doubling of the latency: neighbours differ by 4.4 %. */
const BUCKETS_PER_DOUBLING = 16;
/** Up to 2^32 µs, above the longest latency that a histogram keeps. */
const DOUBLINGS = 32;
const BUCKETS = BUCKETS_PER_DOUBLING * DOUBLINGS;
/** Count, then the sum of each component. */
const STRIDE = 1 + COMPONENTS.length;

/** What right answers of about the same latency were made of: sums by component, see `COMPONENTS`. */
export class Breakdown {
  readonly #sums = new Float64Array(BUCKETS * STRIDE);

  record(latencyUs: number, partsUs: LatencyPartsUs): void {
    const at = bucketOf(latencyUs) * STRIDE;
    this.#add(at, 1);
    for (const [index, component] of COMPONENTS.entries()) {
      this.#add(at + 1 + index, partsUs[component] ?? 0);
    }
  }

  /** Ascending, without empty buckets. */
  buckets(): readonly BreakdownBucket[] {
    const found: BreakdownBucket[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      const at = bucket * STRIDE;
      const count = this.#sums[at] ?? 0;
      if (count === 0) continue;
      const sum = (index: number): number => this.#sums[at + 1 + index] ?? 0;
      found.push({
        fromUs: edgeOf(bucket),
        count,
        sumUs: {
          lag: sum(0),
          wait: sum(1),
          connect: sum(2),
          db: sum(3),
          loop: sum(4),
          rest: sum(5),
        },
      });
    }
    return found;
  }

  #add(index: number, value: number): void {
    this.#sums[index] = (this.#sums[index] ?? 0) + value;
  }
}

function bucketOf(latencyUs: number): number {
  if (latencyUs < 1) return 0;
  return Math.min(BUCKETS - 1, Math.floor(Math.log2(latencyUs) * BUCKETS_PER_DOUBLING));
}

/** The first bucket holds everything below its upper edge. */
function edgeOf(bucket: number): number {
  return bucket === 0 ? 0 : 2 ** (bucket / BUCKETS_PER_DOUBLING);
}
