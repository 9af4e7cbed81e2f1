import { z } from 'zod';
import { SESSION_STATES } from './inspection.ts';

const count = z.number().int().min(0);
const amount = z.number().min(0);

/**
 * `certain`: it was seen. `likely`: it was seen, and that it is the reason is a conclusion. `possible`:
 * from outside it looks the same as something else, which the advice tells apart.
 */
const certainty = z.enum(['certain', 'likely', 'possible']);

/** The application, role and database that sessions are of. */
const namedSchema = z.strictObject({
  application: z.string(),
  role: z.string().nullable(),
  database: z.string().nullable(),
  sessions: count,
});
export type Named = z.infer<typeof namedSchema>;

const scarceSchema = z.strictObject({
  kind: z.enum(['slots', 'role', 'database']),
  name: z.string().nullable(),
  capacity: count,
  used: count,
});

const of = <const C extends string, S extends z.ZodRawShape>(code: C, shape: S) =>
  z.strictObject({ code: z.literal(code), certainty, ...shape });

/** Everything that may be wrong. The list is closed, in the order in which it ends the trouble. */
export const causeSchema = z.discriminatedUnion('code', [
  of('lock_pile_up', {
    /** Mean over the samples. */
    waiting: amount,
    /** The one that most wait for; `null`: not told, or gone. */
    root: z
      .strictObject({
        pid: count.nullable(),
        application: z.string().nullable(),
        state: z.enum(SESSION_STATES).nullable(),
        transactionMs: amount.nullable(),
        isPrepared: z.boolean(),
        waiting: count,
      })
      .nullable(),
  }),
  of('idle_in_transaction', {
    sessions: count,
    mean: amount,
    oldestMs: amount.nullable(),
    holders: z.array(namedSchema),
  }),
  of('role_at_limit', { role: z.string(), limit: count, used: count }),
  of('database_at_limit', { database: z.string(), limit: count, used: count }),
  of('storm', {
    /** Sessions established a second; `null`: not told. */
    perSecond: amount.nullable(),
    /** Mean over the samples. */
    starting: amount,
    /** Whose sessions were established in the window, and still there at its end. */
    holders: z.array(namedSchema),
  }),
  of('leak', {
    sessions: count,
    /** Opened by the same in the window, although these are idle. */
    opened: count,
    longIdleMs: amount,
    oldestMs: amount.nullable(),
    scarce: scarceSchema,
    holders: z.array(namedSchema),
  }),
  of('oversized_fleet', {
    sessions: count,
    idle: count,
    scarce: scarceSchema,
    holders: z.array(namedSchema),
  }),
  of('busy', { active: amount, sessions: amount }),
  of('unexplained', { scarce: scarceSchema }),
]);
export type Cause = z.infer<typeof causeSchema>;
export type CauseOf<C extends Cause['code']> = Extract<Cause, { readonly code: C }>;

/** By what ends the trouble first. */
export const CAUSE_CODES = [
  'lock_pile_up',
  'idle_in_transaction',
  'role_at_limit',
  'database_at_limit',
  'storm',
  'leak',
  'oversized_fleet',
  'busy',
  'unexplained',
] as const satisfies readonly Cause['code'][];
