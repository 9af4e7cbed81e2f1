/** The messages between the harness and its stub process. */
import { z } from 'zod';
import { ERROR_CLASSES } from '../../../server/contract.ts';
import { BREAKS, type StubPlan, type StubTruth } from './stub-server.ts';
import type { CanaryReading } from './timer-canary.ts';

const ms = z.number();
const count = z.int().min(0);
const every = z.int().min(1);

const stubPlanSchema: z.ZodType<StubPlan> = z.strictObject({
  serviceMs: ms.min(0),
  slots: every.optional(),
  breaks: z.strictObject({ everyRequests: every, how: z.enum(BREAKS) }).optional(),
  hangAfterRequests: count.optional(),
  freeze: z.strictObject({ atMs: ms, forMs: ms }).optional(),
  failure: z
    .strictObject({
      everyRequests: every,
      errorClass: z.enum(ERROR_CLASSES),
      reason: z.string().optional(),
    })
    .optional(),
  serverTiming: z.string().optional(),
  earlyHints: z.boolean().optional(),
});

const stubTruthSchema: z.ZodType<StubTruth> = z.strictObject({
  connections: count,
  requests: count,
  answered: count,
  failed: count,
  broken: count,
  serviceMs: z.array(ms),
  times: z.array(z.strictObject({ arrivedMs: ms, startedMs: ms, endedMs: ms.nullable() })),
});

const canarySchema: z.ZodType<CanaryReading> = z.strictObject({
  p99Ms: ms,
  p999Ms: ms,
  maxMs: ms,
});

/** Harness → stub process; one stub at a time. The process ends when the channel closes. */
export const stubCommandSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('start'), plan: stubPlanSchema }),
  z.strictObject({ type: z.literal('stop') }),
]);
export type StubCommand = z.infer<typeof stubCommandSchema>;

/** Stub process → harness. */
export const stubReportSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('started'), origin: z.string() }),
  z.strictObject({
    type: z.literal('stopped'),
    truth: stubTruthSchema,
    canary: canarySchema,
  }),
]);
export type StubReport = z.infer<typeof stubReportSchema>;
