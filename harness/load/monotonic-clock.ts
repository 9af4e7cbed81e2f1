import { performance } from 'node:perf_hooks';

/** Microseconds since some fixed moment, with fractions; never steps back. */
export type ClockUs = () => number;

export const US_PER_MS = 1_000;
export const US_PER_SECOND = 1_000_000;

export const monotonicClockUs: ClockUs = () => performance.now() * US_PER_MS;
