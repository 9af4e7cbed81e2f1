import { setFlagsFromString } from 'node:v8';

/** Of fewer trials the heap stays small by itself. */
const MANY_TRIALS = 1_000;

/**
 * Lets V8 collect earlier rather than let this process grow, while so many trials are measured or read
 * (`using`): a sweep of 2,000 cells and its reports take half the memory so, for about half as much CPU time
 * again. API, generator and PostgreSQL are processes of their own, which this does not reach.
 *
 * V8 reads the flag whenever it decides how far the heap may grow, so that it takes effect at run time. It
 * must not be left on: a small heap is full so soon that a compiling thread may ask for a collection while
 * the process exits, and V8 (Node 24.21) then waits for that thread for ever.
 *
 * @returns `null` where there is no need
 */
export function favorLittleMemory(trials: number): Disposable | null {
  if (trials <= MANY_TRIALS) return null;
  setFlagsFromString('--optimize-for-size');
  return { [Symbol.dispose]: () => setFlagsFromString('--no-optimize-for-size') };
}
