import type { LoopProbe } from '../loop-turns.ts';

interface Due {
  readonly atMs: number;
  readonly handle: (readyMs: number) => void;
}

/** An event loop in virtual time, with libuv's order: look for events, handle them, end the turn, timers. */
export class VirtualLoop implements LoopProbe {
  #nowMs = 0;
  #idleMs = 0;
  #events: Due[] = [];
  #timers: Due[] = [];
  #onTurnEnd: () => void = () => undefined;

  nowMs(): number {
    return this.#nowMs;
  }

  idleMs(): number {
    return this.#idleMs;
  }

  eachTurn(callback: () => void): () => void {
    this.#onTurnEnd = callback;
    return () => {
      this.#onTurnEnd = () => undefined;
    };
  }

  /** What comes from outside: handled in the first turn that looks after it is ready. */
  event(atMs: number, handle: (readyMs: number) => void): void {
    this.#events.push({ atMs, handle });
  }

  timer(atMs: number, handle: (readyMs: number) => void): void {
    this.#timers.push({ atMs, handle });
  }

  /** Keeps the loop's thread busy; to be called by what is handled. */
  work(ms: number): void {
    this.#nowMs += ms;
  }

  /** Turns until the time has come, or nothing is left that could happen. */
  run(untilMs: number): void {
    while (this.#nowMs < untilMs) {
      let found = this.#take('events');
      if (found.length === 0) {
        const next = Math.min(...[...this.#events, ...this.#timers].map(({ atMs }) => atMs));
        if (!Number.isFinite(next)) return;
        if (next > this.#nowMs) {
          this.#idleMs += next - this.#nowMs;
          this.#nowMs = next;
          found = this.#take('events');
        }
      }
      for (const { atMs, handle } of found) handle(atMs);
      this.#onTurnEnd();
      for (const { atMs, handle } of this.#take('timers')) handle(atMs);
    }
  }

  #take(kind: 'events' | 'timers'): readonly Due[] {
    const from = kind === 'events' ? this.#events : this.#timers;
    const due = from.filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs);
    const rest = from.filter(({ atMs }) => atMs > this.#nowMs);
    if (kind === 'events') this.#events = rest;
    else this.#timers = rest;
    return due;
  }
}
