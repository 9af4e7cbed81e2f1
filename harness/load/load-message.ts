/** The messages between the harness and its load process. */
import { z } from 'zod';
import type { UncorrectedResult } from './closed/autocannon-adapter.ts';
import { loadProgressSchema, loadRequestSchema, loadResultSchema } from './load-result-schema.ts';

const number = z.number();
const uncorrectedResultSchema: z.ZodType<UncorrectedResult> = z.strictObject({
  sent: number,
  answered: number,
  errors: number,
  timeouts: number,
  durationMs: number,
  latencyMsP50: number,
  latencyMsP99: number,
  latencyMsMax: number,
  cpuMs: number,
});

/** Harness → load process; one run at a time. The process ends when the channel closes. */
export const loadCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run'),
    request: loadRequestSchema,
    /** It was aborted before it was asked for: the result is that of a run without requests. */
    aborted: z.boolean(),
  }),
  z.strictObject({ type: z.literal('run-uncorrected'), request: loadRequestSchema }),
  /** See `RunControl`; it is answered whether there is a run or not. */
  z.strictObject({ type: z.literal('switch'), switchId: z.int(), origin: z.string() }),
  /** Ends the current run early, if there is one. */
  z.strictObject({ type: z.literal('stop') }),
]);
export type LoadCommand = z.infer<typeof loadCommandSchema>;

/** Load process → harness. */
export const loadReportSchema = z.discriminatedUnion('type', [
  /** Everything is loaded: a run that is asked for now starts at once. */
  z.strictObject({ type: z.literal('ready') }),
  /** The run that was asked for began at this moment of `systemClockUs`. */
  z.strictObject({ type: z.literal('started'), atUs: number }),
  z.strictObject({ type: z.literal('switched'), switchId: z.int() }),
  z.strictObject({ type: z.literal('progress'), progress: loadProgressSchema }),
  z.strictObject({ type: z.literal('result'), result: loadResultSchema }),
  z.strictObject({ type: z.literal('uncorrected-result'), result: uncorrectedResultSchema }),
]);
export type LoadReport = z.infer<typeof loadReportSchema>;
