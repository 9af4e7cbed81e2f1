/** The messages between the load process and the threads of one run. */
import { z } from 'zod';
import { loadProgressSchema, loadRequestSchema, loadResultSchema } from '../load-result-schema.ts';

/** What a thread is started with: its own part of the load's connections, and which part it is. */
export const openThreadDataSchema = z.strictObject({
  request: loadRequestSchema,
  thread: z.int().min(0),
  threads: z.int().min(1),
});
export type OpenThreadData = z.infer<typeof openThreadDataSchema>;

/** Load process → thread. */
export const openThreadCommandSchema = z.discriminatedUnion('type', [
  /** All threads are ready; the run starts at this moment of the system's monotonic clock. */
  z.strictObject({ type: z.literal('start'), atUs: z.number() }),
  /** See `RunControl`. */
  z.strictObject({ type: z.literal('switch'), switchId: z.int(), origin: z.string() }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type OpenThreadCommand = z.infer<typeof openThreadCommandSchema>;

/** Thread → load process. */
export const openThreadReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('switched'), switchId: z.int() }),
  z.strictObject({ type: z.literal('progress'), progress: loadProgressSchema }),
  z.strictObject({ type: z.literal('result'), result: loadResultSchema }),
]);
export type OpenThreadReport = z.infer<typeof openThreadReportSchema>;
