/** Two a second, each half a second long but for the one under way. */
const WINDOWS = 32;
/** What is covered at least: the complete windows. More than the 15 s that lie between most scrapes. */
export const PEAK_SECONDS = (WINDOWS - 1) / 2;

/**
 * The highest value of a count within the last windows. Any number of scrapers may read it, none
 * resets it, and a spike between two scrapes is not missed as long as they come more often than that.
 */
export class RecentPeak {
  readonly #peaks: number[] = new Array<number>(WINDOWS).fill(0);
  #window = 0;
  #now = 0;

  /** The count from now on. */
  changed(count: number): void {
    this.#now = count;
    if (count > (this.#peaks[this.#window] ?? 0)) this.#peaks[this.#window] = count;
  }

  get peak(): number {
    return Math.max(...this.#peaks);
  }

  /** Starts the next window, at what the count is now. */
  rotate(): void {
    this.#window = (this.#window + 1) % WINDOWS;
    this.#peaks[this.#window] = this.#now;
  }
}
