import { performance } from 'node:perf_hooks';

/** What can be seen of an event loop; replaceable, so that a test decides how its turns go. */
export interface LoopProbe {
  /** Monotonic, in ms with fractions. */
  nowMs(): number;
  /** Time the loop has slept since its start, this turn's sleep included. */
  idleMs(): number;
  /** Calls back in every turn, after its events; the answer ends that. Keeps no loop awake or alive. */
  eachTurn(callback: () => void): () => void;
}

/**
 * When the event that is being handled became ready, as far as can be told from inside.
 *
 * A turn of the loop looks for events once, then handles what it found one by one; timers and the rest
 * come in between. So an event handled now was found at this turn's look. Where the loop slept before,
 * the event woke it and came just then. Where the loop did not, it was busy from its last look on and
 * the event came at some moment of that stretch: nobody took note when.
 *
 * Not seen: an event of this turn that nobody tells of (an accepted connection, a message of the primary)
 * and that is handled before the first one told of, when the loop had slept.
 */
export class LoopTurns {
  readonly #loop: LoopProbe;
  readonly #stop: () => void;
  #isOpen = false;
  #readyFromMs: number;
  #lookedMs: number;
  #endedMs: number;
  #idleMs: number;

  constructor(loop: LoopProbe) {
    this.#loop = loop;
    this.#endedMs = loop.nowMs();
    this.#lookedMs = this.#endedMs;
    this.#readyFromMs = this.#endedMs;
    this.#idleMs = loop.idleMs();
    this.#stop = loop.eachTurn(() => this.#end());
  }

  /**
   * To be told of an event before it is handled; the times below are then those of its turn.
   *
   * @returns the time it is now
   */
  takeUp(): number {
    const nowMs = this.#loop.nowMs();
    if (this.#isOpen) return nowMs;
    this.#isOpen = true;
    const hasSlept = this.#loop.idleMs() > this.#idleMs;
    this.#readyFromMs = hasSlept ? nowMs : this.#lookedMs;
    this.#lookedMs = nowMs;
    return nowMs;
  }

  get nowMs(): number {
    return this.#loop.nowMs();
  }

  /** The events of this turn became ready at this time at the earliest … */
  get readyFromMs(): number {
    return this.#readyFromMs;
  }

  /** … and at this one at the latest; the same where the loop slept until then. */
  get readyUntilMs(): number {
    return this.#lookedMs;
  }

  stop(): void {
    this.#stop();
  }

  #end(): void {
    const idleMs = this.#loop.idleMs();
    // A turn without an event told of: it looked after its sleep, and has been busy since.
    if (!this.#isOpen) this.#lookedMs = this.#endedMs + (idleMs - this.#idleMs);
    this.#isOpen = false;
    this.#idleMs = idleMs;
    this.#endedMs = this.#loop.nowMs();
  }
}

/** This process's own loop. */
export const NODE_LOOP: LoopProbe = {
  nowMs: () => performance.now(),
  idleMs: () => performance.nodeTiming.idleTime,
  eachTurn(callback) {
    // An immediate runs after the events of its turn. Without a reference it lets the loop sleep before
    // the next one, where an ordinary one would make it spin.
    let immediate: NodeJS.Immediate;
    const arm = (): void => {
      immediate = setImmediate(turn).unref();
    };
    const turn = (): void => {
      arm();
      callback();
    };
    arm();
    return () => clearImmediate(immediate);
  },
};
