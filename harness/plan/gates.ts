import { z } from 'zod';

/** Beyond `degraded` a trial gets a caveat, beyond `invalid` its numbers must not be believed. */
const gate = (degraded: number, invalid: number) =>
  z.strictObject({
    degraded: z.number().min(0).default(degraded),
    invalid: z.number().min(0).default(invalid),
  });

/**
 * When a number may be believed: data of the plan, printed with every result. Shares are between 0
 * and 1. The reasons for the defaults stand beside them.
 */
export const gatesSchema = z.strictObject({
  /** Share of the arrivals due in the window that the generator issued too late for it. */
  offeredShortfall: gate(0.01, 0.05).prefault({}),
  /** 99th percentile of the generator's lag, in ms. */
  dispatchLagMsP99: gate(5, 25).prefault({}),
  /** The same lag as a share of the median latency: 5 ms are nothing to 500 ms, and half of 10 ms. */
  dispatchLagShareOfP50: gate(0.1, 0.5).prefault({}),
  /** How much longer a round trip to the database is than asked for, at the median, as a share of it. */
  distanceExcess: gate(0.2, 1).prefault({}),
  /** Busy share of the generator's event loop. */
  generatorUtilization: gate(0.7, 0.9).prefault({}),
  /**
   * Share of the window in which the generator stood still. Nobody asks then, and what is answered
   * waits unread: in a closed loop no late arrival tells of it.
   */
  generatorStalledShare: gate(0.01, 0.05).prefault({}),
  /** Share of the arrivals dropped at the in-flight cap; invalid only while the generator is busy. */
  droppedShare: gate(0, 0.05).prefault({}),
  /** Relative difference of the two sides of Little's law. */
  littleDeviation: gate(0.01, 0.05).prefault({}),
  /** Samples beyond the 99th percentile: fewer than `degraded` is a caveat. */
  samplesBeyondP99Min: z.int().min(0).default(100),
  /** Half width of a percentile's 95 % interval, as a share of it. */
  intervalHalfWidth: z.number().min(0).default(0.25),
  /** Seconds of steady state without which there is a caveat; 0: steady state is not judged. */
  steadySecondsMin: z.number().min(0).default(5),
  /**
   * Share of the window in which some runnable process waited for a CPU (pressure stall information).
   * Clients, API and PostgreSQL share the cores, so that a busy trial always makes some itself.
   */
  cpuPressureShare: z.number().min(0).default(0.75),
  /** Share of CPU time that the hypervisor gave to others. */
  cpuStealShare: z.number().min(0).default(0.01),
  /** Largest over smallest number of answers of a worker. */
  workerImbalance: z.number().min(1).default(2),
  /** Largest over smallest result of the rounds of one cell, minus 1. */
  roundsSpread: z.number().min(0).default(0.15),
  /** Longest time without a sample of the server side, in ms. */
  monitorGapMs: z.number().min(0).default(500),
});
export type Gates = Readonly<z.infer<typeof gatesSchema>>;

export const GATE_DEFAULTS: Gates = gatesSchema.parse({});
