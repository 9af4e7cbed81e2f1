import type { Component } from '../load-engine.ts';
import { US_PER_MS } from '../monotonic-clock.ts';
import type { ServerTimingMs } from './server-timing.ts';

/** `null`: not told. */
export type LatencyPartsUs = Readonly<Record<Component, number | null>>;

/**
 * Splits the latency of one right answer into parts that add up to it, in µs.
 *
 * What the API tells of itself is trusted for the shares, and never for more than what its client
 * saw: a request that does several things at once (a fan-out) spends more than its own duration in
 * sum, and its parts are scaled down to it. What it does not tell is `null`, and part of the `rest`.
 *
 * @param lagUs from the intended start to the sending of the attempt that was answered, back-off and
 *   earlier attempts included
 */
export function answerParts(
  latencyUs: number,
  lagUs: number,
  timing: ServerTimingMs,
): LatencyPartsUs {
  const serviceUs = Math.max(0, latencyUs - lagUs);
  const wait = (timing.wait ?? 0) * US_PER_MS;
  const connect = (timing.connect ?? 0) * US_PER_MS;
  const db = (timing.db ?? 0) * US_PER_MS;
  const loop = (timing.loop ?? 0) * US_PER_MS;
  const told = wait + connect + db + loop;
  const room = Math.min(
    serviceUs,
    timing.total === undefined ? serviceUs : timing.total * US_PER_MS,
  );
  const scale = told > room ? room / told : 1;
  return {
    lag: latencyUs - serviceUs,
    wait: timing.wait === undefined ? null : wait * scale,
    connect: timing.connect === undefined ? null : connect * scale,
    db: timing.db === undefined ? null : db * scale,
    loop: timing.loop === undefined ? null : loop * scale,
    // Rounding may leave a hair less than nothing.
    rest: Math.max(0, serviceUs - told * scale),
  };
}

/** A service that does that many things at once adds their times up. */
const TIMES_ITS_DURATION_MAX = 20;
/** Below it the two clocks, and rounding, are what differs. */
const DURATION_US_MIN = 1_000;

/**
 * What a service tells of an answer, or nothing where that is so much longer than the answer took that it is in another
 * unit: its shares of a latency would be made up.
 */
export function credibleTiming(serviceUs: number, timing: ServerTimingMs): ServerTimingMs {
  const { wait = 0, connect = 0, db = 0, loop = 0 } = timing;
  const longestUs = TIMES_ITS_DURATION_MAX * Math.max(serviceUs, DURATION_US_MIN);
  return (wait + connect + db + loop) * US_PER_MS > longestUs ? {} : timing;
}
