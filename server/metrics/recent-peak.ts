/** Windows kept; with one every half second the peak covers the last ten seconds. */
const WINDOWS = 20;

/**
 * The highest value of a count within the last windows. Any number of scrapers may read it, none
 * resets it, and a spike between two scrapes is not missed as long as they come more often than that.
 */
export class RecentPeak {
  readonly #peaks: number[] = new Array<number>(WINDOWS).fill(0);
  #window = 0;
  #now = 0;

  /** @param delta by how much the count changes */
  change(delta: 1 | -1): void {
    this.#now += delta;
    if (this.#now > (this.#peaks[this.#window] ?? 0)) this.#peaks[this.#window] = this.#now;
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
