/** The messages between the harness and the process that stands for the network. */
import { z } from 'zod';
import { distanceReadingSchema } from '../analysis/trial-machine.ts';
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
]);
export type ProxyCommand = z.infer<typeof proxyCommandSchema>;

/** Proxy → harness. */
export const proxyReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('listening'), port: z.int().min(1).max(65_535) }),
  z.strictObject({ type: z.literal('reading'), reading: distanceReadingSchema }),
]);
export type ProxyReport = z.infer<typeof proxyReportSchema>;
