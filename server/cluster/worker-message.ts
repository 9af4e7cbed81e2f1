import { z } from 'zod';
import { workerStatsSchema } from '../contract.ts';

const port = z.int().min(1).max(65_535);

/** Worker → primary. */
export const workerMessageSchema = z.discriminatedUnion('type', [
  /** It reads messages now; the primary answers with `listen`. */
  z.strictObject({ type: z.literal('started') }),
  z.strictObject({ type: z.literal('listening'), port }),
  z.strictObject({ type: z.literal('listen-failed'), port, code: z.string(), message: z.string() }),
  /** The database has spoken to it; a refusal for lack of slots (53300) is speaking. */
  z.strictObject({ type: z.literal('database-answered') }),
  /** Not reached yet; the worker tries again. */
  z.strictObject({ type: z.literal('database-unavailable'), message: z.string() }),
  /** No further attempt can help: wrong password, or no such database. */
  z.strictObject({
    type: z.literal('database-rejected'),
    code: z.enum(['db_auth', 'db_unavailable']),
    message: z.string(),
  }),
  z.strictObject({
    type: z.literal('snapshot'),
    /** The `request` this answers, `null` for the periodic push. */
    request: z.int().nullable(),
    stats: workerStatsSchema,
    metrics: z.array(z.unknown()),
  }),
]);
export type WorkerMessage = Readonly<z.infer<typeof workerMessageSchema>>;

/** Primary → worker. */
export const primaryMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('listen'), port }),
  z.strictObject({ type: z.literal('snapshot-request'), request: z.int() }),
  /** Stop accepting, answer what was accepted, give the connections back, exit. */
  z.strictObject({ type: z.literal('drain'), graceMs: z.number().min(0) }),
]);
export type PrimaryMessage = Readonly<z.infer<typeof primaryMessageSchema>>;
