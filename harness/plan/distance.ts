import { z } from 'zod';

export const DISTANCE_LIMITS = {
  /** Farther than any two places are by cable; the time a pool gives a cancel request is still enough. */
  rttMsMax: 400,
  bandwidthMbitMin: 1,
  bandwidthMbitMax: 100_000,
} as const;

/**
 * What lies between the API and what it connects to. Without a round-trip time nothing does, and the
 * rest of it says nothing.
 */
export const distanceSchema = z.strictObject({
  rttMs: z.number().min(0).max(DISTANCE_LIMITS.rttMsMax),
  /** A round trip takes `rttMs` ± this. */
  jitterMs: z.number().min(0).max(DISTANCE_LIMITS.rttMsMax),
  /** Of each direction, all connections together; `null`: unlimited. */
  bandwidthMbit: z
    .number()
    .min(DISTANCE_LIMITS.bandwidthMbitMin)
    .max(DISTANCE_LIMITS.bandwidthMbitMax)
    .nullable(),
});
export type Distance = Readonly<z.infer<typeof distanceSchema>>;

/** PostgreSQL on the same machine, which is where the lab has it. */
export const NO_DISTANCE: Distance = { rttMs: 0, jitterMs: 0, bandwidthMbit: null };
