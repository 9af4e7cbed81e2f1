/** The messages between the harness and the process that stands for the network. */
import { z } from 'zod';
import { distanceReadingSchema, faultReadingSchema } from '../analysis/trial-machine.ts';
import { databaseFaultSchema } from '../plan/database-fault.ts';
import { distanceSchema } from '../plan/distance.ts';

/** Harness → proxy. The process ends when the channel closes. */
export const proxyCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('listen'),
    target: z.strictObject({ host: z.string().min(1), port: z.int().min(1).max(65_535) }),
    distance: distanceSchema,
    seed: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('read') }),
  z.strictObject({
    type: z.literal('begin-faults'),
    faults: z.array(databaseFaultSchema),
    /** By `systemClockUs`: what their times are counted from. */
    atUs: z.number(),
  }),
  z.strictObject({ type: z.literal('end-faults') }),
]);
export type ProxyCommand = z.infer<typeof proxyCommandSchema>;

/** Proxy → harness. */
export const proxyReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('listening'), port: z.int().min(1).max(65_535) }),
  z.strictObject({ type: z.literal('reading'), reading: distanceReadingSchema }),
  z.strictObject({ type: z.literal('faults-ended'), faults: z.array(faultReadingSchema) }),
]);
export type ProxyReport = z.infer<typeof proxyReportSchema>;
