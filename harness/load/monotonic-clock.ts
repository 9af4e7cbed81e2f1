import { performance } from 'node:perf_hooks';

/** Microseconds since some fixed moment, with fractions; never steps back. */
export type ClockUs = () => number;

export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1_000_000;

export const monotonicClockUs: ClockUs = () => performance.now() * US_PER_MS;

/** The monotonic clock as all processes and threads read it; `performance.now` has an origin in each. */
export const systemClockUs: ClockUs = () => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * US_PER_SECOND + nanoseconds / NS_PER_US;
};
const NS_PER_US = 1_000;
