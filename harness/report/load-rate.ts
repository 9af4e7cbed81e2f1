import type { LoadProgress } from '../load/load-engine.ts';
import { formatCount, formatRate } from './format.ts';

const MS_PER_SECOND = 1_000;

/** What a load that goes on and on is answered, from one look to the next. */
export class LoadRate {
  #last: LoadProgress | null = null;
  #text = '';

  /** In words, e.g. `812 right answers/s (790 in time), 12 failed/s, 64 in flight`; empty at first. */
  get text(): string {
    return this.#text;
  }

  see(progress: LoadProgress): void {
    const last = this.#last;
    // The next run of the same load counts from nothing again.
    const before = last !== null && last.elapsedMs < progress.elapsedMs ? last : null;
    this.#last = progress;
    const seconds = (progress.elapsedMs - (before?.elapsedMs ?? 0)) / MS_PER_SECOND;
    if (seconds <= 0) return;
    const perSecond = (read: (it: LoadProgress) => number): string =>
      formatRate(Math.max(0, read(progress) - (before === null ? 0 : read(before))) / seconds);
    this.#text = [
      `${perSecond(({ ledger }) => ledger.ok)} right answers/s (${perSecond(({ good }) => good)} in time)`,
      `${perSecond(failed)} failed/s`,
      `${formatCount(progress.inFlight)} in flight`,
    ].join(', ');
  }
}

/** Everything that was due and is neither right nor under way. */
function failed({ ledger, inFlight }: LoadProgress): number {
  return ledger.scheduled - ledger.ok - inFlight;
}
