interface OriginSwitchHost {
  /** Where connections go from now on. */
  readonly move: (origin: string) => void;
  /** Some request is still in flight to an origin that was left. */
  readonly isLeaving: () => boolean;
}

/** Where one run's connections go, and who waits until nothing is in flight to where they went before. */
export class OriginSwitch {
  readonly #host: OriginSwitchHost;
  readonly #waiting: (() => void)[] = [];
  #origin: string;
  #isOver = false;

  constructor(origin: string, host: OriginSwitchHost) {
    this.#origin = origin;
    this.#host = host;
  }

  /** Resolves when nothing is in flight to any other origin, or the run is over. */
  async to(origin: string): Promise<void> {
    if (this.#isOver) return;
    if (origin !== this.#origin) {
      this.#origin = origin;
      this.#host.move(origin);
    }
    const settled = Promise.withResolvers<void>();
    this.#waiting.push(settled.resolve);
    this.look();
    await settled.promise;
  }

  /** To be called every now and then while the run lasts. */
  look(): void {
    if (this.#waiting.length === 0 || this.#host.isLeaving()) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** The run is over. */
  end(): void {
    this.#isOver = true;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
