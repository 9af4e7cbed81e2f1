import { z } from 'zod';
import type { LoadProgress, LoadRequest, LoadResult } from './load-engine.ts';

const count = z.int().min(0);
const counts = z.record(z.string(), count);
const duration = z.number().min(0);
const histogram = z.string();
const outcomes = <T extends z.ZodType>(value: T) =>
  z.strictObject({ ok: value, error: value, censored: value });

export const loadRequestSchema: z.ZodType<LoadRequest> = z.strictObject({
  origin: z.url({ protocol: /^http$/ }),
  path: z.string().startsWith('/'),
  connections: count.min(1),
  thinkTimeMs: duration,
  durationMs: duration,
  drainMs: duration,
  requestTimeoutMs: duration.min(1),
  goodputDeadlineMs: duration,
  targetDownMs: duration.min(1),
});

export const loadProgressSchema: z.ZodType<LoadProgress> = z.strictObject({
  elapsedMs: duration,
  ok: count,
  errors: count,
  inFlight: count,
});

export const loadResultSchema: z.ZodType<LoadResult> = z.strictObject({
  engine: z.enum(['closed', 'open']),
  engineVersion: z.string(),
  ended: z.enum(['completed', 'target_down', 'aborted']),
  startedAtMs: duration,
  durationMs: duration,
  drainMs: duration,
  ledger: z.strictObject({
    scheduled: count,
    ok: count,
    httpErrors: counts,
    refusalReasons: counts,
    connectionErrors: counts,
    timeouts: count,
    dropped: count,
    lost: count,
    unanswered: count,
  }),
  brokenLaws: z.array(z.string()),
  good: count,
  inFlightSeconds: duration,
  residenceSeconds: duration,
  seconds: z.array(
    z.strictObject({
      second: count,
      started: count,
      good: count,
      outcomes: outcomes(count),
      latencyUs: outcomes(histogram.nullable()),
    }),
  ),
  latencyUs: outcomes(histogram),
  componentsUs: z.strictObject({
    wait: histogram,
    connect: histogram,
    db: histogram,
    total: histogram,
    rest: histogram,
  }),
  answersByWorker: counts,
  generator: z.strictObject({
    cpuMs: duration,
    eventLoopUtilization: z.number().min(0).max(1),
    eventLoopDelayMsP99: duration,
  }),
});
