import { z } from 'zod';

/**
 * What may happen to the connections between API and database. `reset`: all of them are broken, at once.
 * `refuse`: new ones are broken as soon as they are made. `stall`: nothing is carried, and all of it later.
 * `blackhole`: what is sent is lost, and connections of that time never get an answer again.
 */
export const DATABASE_FAULT_KINDS = ['reset', 'refuse', 'stall', 'blackhole'] as const;
export type DatabaseFaultKind = (typeof DATABASE_FAULT_KINDS)[number];

export const DATABASE_FAULT_LIMITS = { faultsMax: 20, timeMsMax: 3_600_000 } as const;

const timeMs = z.int().min(0).max(DATABASE_FAULT_LIMITS.timeMsMax);

/** One of them, on command: times are from the beginning of the measured window. */
export const databaseFaultSchema = z.strictObject({
  kind: z.enum(DATABASE_FAULT_KINDS),
  atMs: timeMs,
  /** 0 for `reset`, which is over at once. */
  durationMs: timeMs,
});
export type DatabaseFault = Readonly<z.infer<typeof databaseFaultSchema>>;
