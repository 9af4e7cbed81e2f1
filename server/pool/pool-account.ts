import type { PoolRecorder, PoolSnapshot } from './pool.ts';
import type { PoolClock } from './pool-clock.ts';

/** The part of a snapshot that needs to know the connections themselves. */
export type ConnectionCounts = Pick<
  PoolSnapshot,
  'held' | 'idle' | 'connecting' | 'closing' | 'overflow' | 'opened' | 'openFailed' | 'closed'
>;

/**
 * The books of one pool: how its checkouts ended, how long callers queued, how long connections were
 * held. Every `started` is followed by exactly one of `ok`, `timeout`, `failed`.
 */
export class PoolAccount {
  readonly #clock: PoolClock;
  readonly #recorder: PoolRecorder;
  #acquireStarted = 0;
  #acquireOk = 0;
  #acquireTimeout = 0;
  #acquireError = 0;
  #held = 0;
  #heldPeak = 0;
  #holdSeconds = 0;
  #queued = 0;
  #queuedPeak = 0;
  #queuedSinceMs: number;
  #waitingMs = 0;
  #saturatedMs = 0;

  constructor(clock: PoolClock, recorder: PoolRecorder) {
    this.#clock = clock;
    this.#recorder = recorder;
    this.#queuedSinceMs = clock.nowMs();
  }

  started(): void {
    this.#acquireStarted += 1;
  }

  ok(waitMs: number): void {
    this.#acquireOk += 1;
    this.#held += 1;
    this.#heldPeak = Math.max(this.#heldPeak, this.#held);
    this.#recorder.heldChanged(this.#held);
    this.#recorder.waited(waitMs / 1000, 'ok');
  }

  timeout(waitMs: number): void {
    this.#acquireTimeout += 1;
    this.#recorder.waited(waitMs / 1000, 'timeout');
  }

  failed(waitMs: number): void {
    this.#acquireError += 1;
    this.#recorder.waited(waitMs / 1000, 'error');
  }

  holdEnded(holdMs: number): void {
    this.#held -= 1;
    this.#recorder.heldChanged(this.#held);
    this.#holdSeconds += holdMs / 1000;
    this.#recorder.held(holdMs / 1000);
  }

  /** The queue's length from this moment on; its integral is kept exactly. */
  queued(length: number): void {
    this.#integrate();
    this.#queued = length;
    this.#queuedPeak = Math.max(this.#queuedPeak, length);
    this.#recorder.queueChanged(length);
  }

  snapshot(counts: ConnectionCounts): PoolSnapshot {
    this.#integrate();
    return {
      ...counts,
      waiting: this.#acquireStarted - this.#acquireOk - this.#acquireTimeout - this.#acquireError,
      queued: this.#queued,
      acquireStarted: this.#acquireStarted,
      acquireOk: this.#acquireOk,
      acquireTimeout: this.#acquireTimeout,
      acquireError: this.#acquireError,
      heldPeak: this.#heldPeak,
      waitingPeak: this.#queuedPeak,
      waitingSeconds: this.#waitingMs / 1000,
      saturatedSeconds: this.#saturatedMs / 1000,
      holdSeconds: this.#holdSeconds,
    };
  }

  #integrate(): void {
    const nowMs = this.#clock.nowMs();
    if (this.#queued > 0) {
      const elapsedMs = nowMs - this.#queuedSinceMs;
      this.#waitingMs += elapsedMs * this.#queued;
      this.#saturatedMs += elapsedMs;
    }
    this.#queuedSinceMs = nowMs;
  }
}
