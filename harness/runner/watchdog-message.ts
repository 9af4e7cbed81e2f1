import { z } from 'zod';

const pid = z.int().min(1);
const startToken = z.string().min(1);

export const guardedSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('process-group'), pid, startToken }),
  z.strictObject({ kind: z.literal('process'), pid, startToken }),
  z.strictObject({
    kind: z.literal('marked-processes'),
    marker: z.string().min(16),
    limit: z.int().min(1).nullable(),
  }),
  z.strictObject({ kind: z.literal('postmaster'), pid, startToken, dataDirectory: z.string() }),
  z.strictObject({ kind: z.literal('container'), socketPath: z.string(), lab: z.string().min(1) }),
  z.strictObject({ kind: z.literal('directory'), path: z.string() }),
]);
/** A resource with the start time of its process, so that a recycled pid is never hit. */
export type Guarded = Readonly<z.infer<typeof guardedSchema>>;

/** One line of JSON each, from the harness to its watchdog. */
export const watchdogMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('guard'), id: z.int(), resource: guardedSchema }),
  z.strictObject({ type: z.literal('release'), id: z.int() }),
]);
export type WatchdogMessage = Readonly<z.infer<typeof watchdogMessageSchema>>;
