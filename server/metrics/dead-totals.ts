import { GONE_WORKERS_PREFIX } from '../contract.ts';
import { type MetricsSnapshot, mergeSnapshots, totalsOf } from './registry.ts';

/** Dead workers with series of their own at most. */
const OWN_SERIES_MAX = 64;
/** So many of them are put together at once: each time costs a scraper a set of new series. */
const FOLDED_AT_ONCE = 32;

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
  #own: MetricsSnapshot[] = [];
  #folded: MetricsSnapshot = [];
  #generation = 0;

  /** Everything that stays true of the worker with these last numbers. */
  add(metrics: MetricsSnapshot): void {
    this.#own.push(totalsOf(metrics));
    if (this.#own.length > OWN_SERIES_MAX) this.#fold();
  }

  get snapshots(): readonly MetricsSnapshot[] {
    return [this.#folded, ...this.#own];
  }

  /** In one step: a reader sees the parts or the sum. */
  #fold(): void {
    this.#generation += 1;
    const name = `${GONE_WORKERS_PREFIX}${this.#generation}`;
    const oldest = this.#own.splice(0, FOLDED_AT_ONCE);
    this.#folded = mergeSnapshots(
      [this.#folded, ...oldest].map((totals) => totalsOf(totals, name)),
    );
  }
}
