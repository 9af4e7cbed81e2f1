import { z } from 'zod';

const at = z.string();
const trial = z.string();

/** One line of the journal. `at`: ISO 8601, UTC, for people; the order of the lines is what counts. */
export const journalEventSchema = z.discriminatedUnion('event', [
  /** `planSha256`: of the whole plan file, so that its machine cannot change unseen either. */
  z.strictObject({ event: z.literal('created'), at, planSha256: z.string() }),
  z.strictObject({ event: z.literal('resumed'), at, planSha256: z.string() }),
  z.strictObject({ event: z.literal('started'), at, trial }),
  /** `sha256`: of the trial's file. */
  z.strictObject({ event: z.literal('measured'), at, trial, sha256: z.string() }),
  z.strictObject({
    event: z.literal('failed'),
    at,
    trial,
    error: z.strictObject({ code: z.string(), message: z.string(), hint: z.string() }),
  }),
  z.strictObject({ event: z.literal('finished'), at }),
]);
export type JournalEvent = Readonly<z.infer<typeof journalEventSchema>>;
export type TrialFailure = Extract<JournalEvent, { event: 'failed' }>['error'];
