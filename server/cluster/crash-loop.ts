/** A worker that lived shorter than this died quickly: it will most likely do so again. */
const QUICK_DEATH_MS = 5_000;
/** Quick deaths in a row after which starting it again is given up. */
export const QUICK_DEATHS_MAX = 3;
/** Pause before the next start, by quick deaths so far: the replacement is up within 2 s. */
const RESPAWN_DELAYS_MS = [0, 0, 250];

export type AfterDeath =
  | { readonly action: 'respawn'; readonly delayMs: number }
  | { readonly action: 'give-up' };

/** Decides for one place in the fleet whether a worker that died there is replaced. */
export class CrashLoop {
  #quickDeaths = 0;

  /** @param livedMs time between the worker's start and its death */
  died(livedMs: number): AfterDeath {
    this.#quickDeaths = livedMs < QUICK_DEATH_MS ? this.#quickDeaths + 1 : 0;
    if (this.#quickDeaths >= QUICK_DEATHS_MAX) return { action: 'give-up' };
    return { action: 'respawn', delayMs: RESPAWN_DELAYS_MS[this.#quickDeaths] ?? 0 };
  }
}
