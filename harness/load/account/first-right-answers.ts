import { US_PER_MS } from '../monotonic-clock.ts';

/** How long after each of some moments a request that began after it was answered right. */
export class FirstRightAnswers {
  readonly #marksUs: readonly number[];
  readonly #afterUs: (number | null)[];
  #open: number;

  /** @param marksMs moments of the run */
  constructor(marksMs: readonly number[]) {
    this.#marksUs = marksMs.map((ms) => ms * US_PER_MS);
    this.#afterUs = marksMs.map(() => null);
    this.#open = marksMs.length;
  }

  answered({ beganUs, endedUs }: { readonly beganUs: number; readonly endedUs: number }): void {
    if (this.#open === 0) return;
    for (const [index, markUs] of this.#marksUs.entries()) {
      if (this.#afterUs[index] !== null || beganUs < markUs) continue;
      this.#afterUs[index] = endedUs - markUs;
      this.#open -= 1;
    }
  }

  /** In ms, by moment; `null`: nobody was. */
  snapshot(): readonly (number | null)[] {
    return this.#afterUs.map((us) => (us === null ? null : us / US_PER_MS));
  }
}

/** Of the same moments, as several generators saw them. */
export function mergeFirstRightMs(
  all: readonly (readonly (number | null)[])[],
): readonly (number | null)[] {
  const [first = []] = all;
  return first.map((_, index) => {
    const known = all.map((one) => one[index] ?? null).filter((ms) => ms !== null);
    return known.length === 0 ? null : Math.min(...known);
  });
}
