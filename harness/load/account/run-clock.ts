import type { ClockUs } from '../monotonic-clock.ts';

/** Time since the start of a run, in µs. It never runs backwards, even where its clock does. */
export class RunClock {
  readonly #clock: ClockUs;
  readonly #onStepBack: (step: { readonly fromUs: number; readonly toUs: number }) => void;
  #originUs = 0;
  #nowUs = 0;

  constructor(
    clock: ClockUs,
    onStepBack: (step: { readonly fromUs: number; readonly toUs: number }) => void,
  ) {
    this.#clock = clock;
    this.#onStepBack = onStepBack;
  }

  /** The moment everything is counted from. */
  start(): void {
    this.#originUs = this.#clock();
  }

  now(): number {
    const nowUs = this.#clock() - this.#originUs;
    if (nowUs >= this.#nowUs) this.#nowUs = nowUs;
    else this.#onStepBack({ fromUs: this.#nowUs, toUs: nowUs });
    return this.#nowUs;
  }
}
