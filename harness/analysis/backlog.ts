import { mannKendall } from './mann-kendall.ts';

export interface BacklogSecond {
  /** Requests that became due in this second, dropped ones included. */
  readonly arrived: number;
  /** Of them never sent because of the generator's cap. */
  readonly dropped: number;
  readonly inFlightMean: number;
}

export interface Backlog {
  /** Requests per second by which arrivals exceed what is answered. */
  readonly perSecond: number;
}

/** Growth is told from a queue's ups and downs from this many standard deviations on. */
const GROWTH_DEVIATIONS = 2;
/** z of a two-sided 1 % test. */
const TREND_Z = 2.576;

/**
 * Tells whether more arrives than is answered: requests in flight, with the dropped ones counted on,
 * rise steadily and by more than chance lets them.
 *
 * A queue that is exactly full gains √(arrivals) by chance (the standard deviation of Poisson
 * arrivals); twice that, together with a Mann–Kendall trend, is asked for.
 */
export function findBacklog(seconds: readonly BacklogSecond[]): Backlog | null {
  const half = seconds.slice(Math.ceil(seconds.length / 2));
  return growth(seconds) ?? growth(half);
}

function growth(seconds: readonly BacklogSecond[]): Backlog | null {
  const arrivals = seconds.reduce((sum, { arrived }) => sum + arrived, 0);
  let droppedBefore = 0;
  const unanswered = seconds.map(({ dropped, inFlightMean }) => {
    const value = inFlightMean + droppedBefore + dropped / 2;
    droppedBefore += dropped;
    return value;
  });
  const { z, slope } = mannKendall(unanswered);
  const rises = slope * seconds.length > GROWTH_DEVIATIONS * Math.sqrt(arrivals);
  return z > TREND_Z && rises ? { perSecond: slope } : null;
}
