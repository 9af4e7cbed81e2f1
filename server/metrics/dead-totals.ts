import { GONE_WORKERS_PREFIX } from '../contract.ts';
import { type MetricsSnapshot, mergeSnapshots, totalsOf } from './registry.ts';

/**
 * So long a dead worker has series of its own: whoever scrapes once a minute has seen the last of it. Each
 * scrape costs the more the more there are: 64 dead workers made it take 50 ms instead of 5.
 */
const OWN_SERIES_MS = 60_000;
/** However they died, so many of them at most. */
const OWN_SERIES_MAX = 64;
/** So many of them are put together at once, at least: each time costs a scraper a set of new series. */
const FOLDED_MIN = 8;
const FOLDED_WHEN_FULL = 32;

/**
 * The totals of workers that have ended. They are kept as they were, so that no sum over workers falls; the
 * oldest are put together under one name, so that restarts without end do not mean series without end.
 *
 * Were that name always the same, its counters would jump with each worker put to it, and a `rate()` over
 * them would count everything that worker ever did again, as if it had happened just now. So the name is
 * another each time, `gone-1`, `gone-2`: the old series end and one begins at the new total, whose first
 * value no `rate()` counts. A sum over workers stays what it was.
 */
export class DeadTotals {
  #own: { readonly totals: MetricsSnapshot; readonly diedAtMs: number }[] = [];
  #folded: MetricsSnapshot = [];
  #generation = 0;

  /**
   * Everything that stays true of the worker with these last numbers.
   *
   * @param diedAtMs on a monotonic clock, as for `snapshotsAt`
   */
  add(metrics: MetricsSnapshot, diedAtMs: number): void {
    this.#own.push({ totals: totalsOf(metrics), diedAtMs });
    if (this.#own.length > OWN_SERIES_MAX) this.#fold(FOLDED_WHEN_FULL);
  }

  snapshotsAt(nowMs: number): readonly MetricsSnapshot[] {
    const longDead = this.#own.filter(({ diedAtMs }) => nowMs - diedAtMs >= OWN_SERIES_MS).length;
    if (longDead >= FOLDED_MIN) this.#fold(longDead);
    return [this.#folded, ...this.#own.map(({ totals }) => totals)];
  }

  /** In one step: a reader sees the parts or the sum. */
  #fold(count: number): void {
    this.#generation += 1;
    const name = `${GONE_WORKERS_PREFIX}${this.#generation}`;
    const oldest = this.#own.splice(0, count).map(({ totals }) => totals);
    this.#folded = mergeSnapshots(
      [this.#folded, ...oldest].map((totals) => totalsOf(totals, name)),
    );
  }
}
