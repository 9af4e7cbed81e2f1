import { z } from 'zod';
import { DATA_ORDERS, type RequestMix, requestTemplateSchema } from '../plan/request-mix.ts';
import {
  ARRIVALS,
  AT_CAP,
  type Ledger,
  type LoadProgress,
  type LoadRequest,
  type LoadResult,
} from './load-engine.ts';

const count = z.int().min(0);
const counts = z.record(z.string(), count);
const duration = z.number().min(0);
const histogram = z.string();
const outcomes = <T extends z.ZodType>(value: T) =>
  z.strictObject({ ok: value, error: value, censored: value });
const components = <T extends z.ZodType>(value: T) =>
  z.strictObject({ lag: value, wait: value, connect: value, db: value, loop: value, rest: value });

const stageSchema = z.strictObject({
  fromPerSecond: duration,
  toPerSecond: duration,
  durationMs: duration,
});
const closedModelSchema = z.strictObject({
  kind: z.literal('closed'),
  connections: count.min(1),
  thinkTimeMs: duration,
});
const openModelSchema = z.strictObject({
  kind: z.literal('open'),
  stages: z.array(stageSchema).min(1),
  arrivals: z.enum(ARRIVALS),
  maxInFlight: count.min(1),
  atCap: z.enum(AT_CAP),
  threads: count.min(1),
});

const requestMixSchema: z.ZodType<RequestMix> = z.strictObject({
  templates: z.array(requestTemplateSchema).min(1),
  // Up to a hundred thousand, each checked when it was read: once more for each run and thread would take seconds.
  rows: z.custom<RequestMix['rows']>((rows) => rows === null || Array.isArray(rows)),
  order: z.enum(DATA_ORDERS),
});

export const loadRequestSchema: z.ZodType<LoadRequest> = z.strictObject({
  origin: z.url({ protocol: /^http$/ }),
  host: z.string().min(1).exactOptional(),
  path: z.string().startsWith('/'),
  requests: requestMixSchema.exactOptional(),
  model: z.discriminatedUnion('kind', [closedModelSchema, openModelSchema]),
  durationMs: duration,
  drainMs: duration,
  requestTimeoutMs: duration.min(1).nullable(),
  retry: z.strictObject({ retriesMax: count.min(1), backoffMs: duration }).nullable(),
  goodputDeadlineMs: duration,
  targetDownMs: duration.min(1),
  seed: count,
  marksMs: z.array(duration).readonly().exactOptional(),
});

const endings = {
  ok: count,
  httpErrors: counts,
  refusalReasons: counts,
  connectionErrors: counts,
  timeouts: count,
  lost: count,
  unanswered: count,
};
const ledgerSchema: z.ZodType<Ledger> = z.strictObject({
  scheduled: count,
  dropped: count,
  ...endings,
  attempts: z.strictObject({ started: count, ...endings }),
});

const recentQuantiles = z.strictObject({ p50: duration, p99: duration, max: duration }).nullable();

export const loadProgressSchema: z.ZodType<LoadProgress> = z.strictObject({
  elapsedMs: duration,
  ledger: ledgerSchema,
  good: count,
  inFlight: z.int(),
  latencyUs: z
    .strictObject({
      p50: duration,
      p90: duration,
      p95: duration,
      p99: duration,
      p999: duration,
      max: duration,
    })
    .nullable(),
  recent: z.strictObject({
    latencyUs: recentQuantiles,
    lagUs: recentQuantiles,
    eventLoopUtilization: z.number().min(0).max(1),
  }),
});

export const loadResultSchema: z.ZodType<LoadResult> = z.strictObject({
  engine: z.enum(['closed', 'open']),
  engineVersion: z.string(),
  ended: z.enum(['completed', 'target_down', 'aborted']),
  startedAtMs: duration,
  durationMs: duration,
  drainMs: duration,
  ledger: ledgerSchema,
  brokenLaws: z.array(z.string()),
  offered: z.strictObject({ expected: duration, due: count, issued: count }).nullable(),
  good: count,
  // Of any sign: an account that is wrong has to arrive, with the law it breaks.
  inFlightSeconds: z.number(),
  residenceSeconds: z.number(),
  seconds: z.array(
    z.strictObject({
      second: count,
      started: count,
      dropped: count,
      good: count,
      inFlightSeconds: z.number(),
      outcomes: outcomes(count),
      latencyUs: outcomes(histogram.nullable()),
      componentsUs: components(histogram.nullable()),
    }),
  ),
  latencyUs: outcomes(histogram),
  lagUs: histogram,
  serviceUs: histogram,
  componentsUs: components(histogram),
  breakdown: z.array(z.strictObject({ fromUs: duration, count, sumUs: components(z.number()) })),
  answersByWorker: counts,
  timed: z.strictObject({
    answers: count,
    wait: count,
    connect: count,
    db: count,
    loop: count,
    total: count,
  }),
  byRequest: z.array(z.strictObject({ name: z.string(), ok: count, failed: count })),
  firstRightMs: z.array(duration.nullable()),
  reconnects: count,
  generator: z.strictObject({
    threads: count.min(1),
    cpuMs: duration,
    eventLoopUtilization: z.number().min(0).max(1),
    eventLoopDelayMsP99: duration,
    stalledMs: duration,
  }),
});
