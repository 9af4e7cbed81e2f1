import { seededRandom } from '../../seeded-random.ts';
import { derivedSeed } from '../derived-seed.ts';
import type { Arrivals, Stage } from '../load-engine.ts';
import { US_PER_MS, US_PER_SECOND } from '../monotonic-clock.ts';

export interface ArrivalShare {
  readonly stages: readonly Stage[];
  readonly arrivals: Arrivals;
  readonly seed: number;
  /** Which of the generator's threads, from 0. */
  readonly thread: number;
  readonly threads: number;
}

/** When users arrive, in µs since the start of the run; known before it begins. */
export interface ArrivalSchedule {
  /** The next arrival, ascending; `null` after the last one. */
  next(): number | null;
  /** Arrivals expected up to the given moment: the rate's integral, this thread's share of it. */
  expectedUntil(elapsedUs: number): number;
}

/**
 * Arrivals at a rate that is constant or linear by stages. The moments are the inverse of the cumulative
 * rate Λ(t), taken at evenly spaced values for constant arrivals and at the partial sums of unit
 * exponentials for a Poisson process (time change of a unit-rate process), so that ramps are exact and
 * no rounding adds up. Nothing here depends on what happens during the run.
 *
 * Threads superpose to the whole: of constant arrivals each takes its turn, of Poisson ones each has a
 * process of its own with an equal part of the rate and a seed of its own.
 */
export function arrivalSchedule(share: ArrivalShare): ArrivalSchedule {
  const { stages, arrivals, seed, thread, threads } = share;
  const cumulative = new CumulativeRate(stages);
  const random = seededRandom(derivedSeed(seed, thread));
  // Half a step before the first: the first and the last gap of a window are then alike.
  let reached = arrivals === 'constant' ? thread + 0.5 - threads : 0;
  return {
    next: () => {
      reached += arrivals === 'constant' ? threads : -Math.log1p(-random()) * threads;
      return cumulative.momentUs(reached);
    },
    expectedUntil: (elapsedUs) => cumulative.countUntil(elapsedUs) / threads,
  };
}

interface CumulativeStage {
  readonly startSeconds: number;
  readonly startCount: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly durationSeconds: number;
}

/** Λ(t), the expected number of arrivals up to t, and its inverse. */
class CumulativeRate {
  readonly #stages: readonly CumulativeStage[];

  constructor(stages: readonly Stage[]) {
    let startSeconds = 0;
    let startCount = 0;
    this.#stages = stages.map(({ fromPerSecond, toPerSecond, durationMs }) => {
      const durationSeconds = (durationMs * US_PER_MS) / US_PER_SECOND;
      const stage = { startSeconds, startCount, fromPerSecond, toPerSecond, durationSeconds };
      startSeconds += durationSeconds;
      startCount += ((fromPerSecond + toPerSecond) / 2) * durationSeconds;
      return stage;
    });
  }

  countUntil(elapsedUs: number): number {
    const seconds = elapsedUs / US_PER_SECOND;
    return this.#stages.reduce((count, stage) => {
      const { startSeconds, fromPerSecond, durationSeconds } = stage;
      const within = Math.min(Math.max(0, seconds - startSeconds), durationSeconds);
      return count + fromPerSecond * within + (slopeOf(stage) / 2) * within * within;
    }, 0);
  }

  /** The moment at which Λ reaches the count; `null` when it never does. */
  momentUs(count: number): number | null {
    for (const stage of this.#stages) {
      const { startSeconds, startCount, fromPerSecond, toPerSecond, durationSeconds } = stage;
      const left = count - startCount;
      if (left > ((fromPerSecond + toPerSecond) / 2) * durationSeconds) continue;
      if (left <= 0) return startSeconds * US_PER_SECOND;
      // The quadratic's root in the form that does not cancel where the slope is small, or zero.
      const root = Math.sqrt(
        Math.max(0, fromPerSecond * fromPerSecond + 2 * slopeOf(stage) * left),
      );
      const within = Math.min((2 * left) / (fromPerSecond + root), durationSeconds);
      return (startSeconds + within) * US_PER_SECOND;
    }
    return null;
  }
}

function slopeOf({ fromPerSecond, toPerSecond, durationSeconds }: CumulativeStage): number {
  return (toPerSecond - fromPerSecond) / durationSeconds;
}
