import { freePort } from './free-port.ts';

/** Other ports tried when a chosen one is taken before the first worker listens on it. */
const ATTEMPTS_MAX = 20;

/**
 * The port all workers listen on, also those that replace others. Asked for 0, the primary chooses
 * one for all: workers that listen on 0 one after another would come to different ports.
 */
export class SharedPort {
  readonly #asked: { readonly host: string; readonly port: number };
  #port: number;
  #attempts = 0;
  #choosing: Promise<void> | null = null;

  constructor(asked: { readonly host: string; readonly port: number }) {
    this.#asked = asked;
    this.#port = asked.port;
  }

  get port(): number {
    return this.#port;
  }

  /** Rejects with the system's error when the port asked for is taken. */
  async choose(): Promise<void> {
    this.#port = await freePort(this.#asked);
  }

  /**
   * The port to try where `taken` could not be had, `null` when no other will do: the port was asked
   * for by number, or it is in use by workers (`settled`), and then a second one would split them.
   */
  async after({
    taken,
    settled,
  }: {
    readonly taken: number;
    readonly settled: boolean;
  }): Promise<number | null> {
    // Another worker met the same refusal before, and the next port is chosen already.
    if (taken !== this.#port) return this.#port;
    if (this.#asked.port !== 0 || settled || this.#attempts >= ATTEMPTS_MAX) return null;
    this.#attempts += 1;
    this.#choosing ??= this.choose().finally(() => {
      this.#choosing = null;
    });
    await this.#choosing;
    return this.#port;
  }
}
