/**
 * Time as the pool sees it: monotonic, and replaceable, so that a test decides when a deadline passes.
 */
export interface PoolClock {
  /** Monotonic, in ms with fractions. */
  nowMs(): number;
  /** Calls back once after `delayMs`; the answer cancels it and may be called at any time. */
  after(delayMs: number, callback: () => void): () => void;
}

export const SYSTEM_POOL_CLOCK: PoolClock = {
  nowMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
