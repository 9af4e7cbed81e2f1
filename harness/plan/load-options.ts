import { ARRIVALS, AT_CAP } from '../load/load-engine.ts';
import { option } from './option.ts';
import { rate, stages } from './rate-parser.ts';
import { PLAN_LIMITS } from './trial-plan.ts';
import { choice, duration, orNone, wholeNumber } from './value-parser.ts';

const phase = duration({ minMs: 0, maxMs: PLAN_LIMITS.durationMsMax });
const someTime = duration({ minMs: 1, maxMs: PLAN_LIMITS.durationMsMax });
const clients = wholeNumber({ min: 1, max: PLAN_LIMITS.connectionsMax });

/** Who asks, how often, how patiently and for how long. */
export const LOAD_OPTIONS = {
  connections: option('connections', {
    parser: clients,
    defaultValue: 64,
    description: 'closed loop: clients, each of which waits for its answer before it asks again',
  }),
  thinkTime: option('think-time', {
    parser: phase,
    defaultValue: 0,
    description: "closed loop: a client's pause between an answer and its next request",
  }),
  rate: option('rate', {
    parser: orNone(rate({ maxPerSecond: PLAN_LIMITS.ratePerSecondMax }), 'none'),
    defaultValue: null,
    description:
      'open loop: users arrive at this rate whatever the answers do; instead of --connections',
  }),
  stages: option('stages', {
    parser: orNone(
      stages({
        maxPerSecond: PLAN_LIMITS.ratePerSecondMax,
        countMax: PLAN_LIMITS.stagesMax,
        durationMsMax: PLAN_LIMITS.durationMsMax,
      }),
      'none',
    ),
    defaultValue: null,
    description:
      'open loop: rates one after the other, e.g. 100/s:10s,100/s..400/s:20s (a step, a ramp); instead of --rate and --duration',
  }),
  arrivals: option('arrivals', {
    parser: choice(ARRIVALS, 'kind'),
    defaultValue: 'poisson',
    description: 'open loop: poisson (users know nothing of each other) or constant (a clock)',
  }),
  maxInFlight: option('max-in-flight', {
    parser: clients,
    defaultValue: 256,
    description:
      'open loop: connections of the generator, and so requests at the same time at most',
  }),
  atCap: option('at-cap', {
    parser: choice(AT_CAP, 'policy'),
    defaultValue: 'drop',
    description: 'open loop: what becomes of an arrival when all those are busy: drop or queue',
  }),
  threads: option('threads', {
    parser: wholeNumber({ min: 1, max: PLAN_LIMITS.threadsMax }),
    defaultValue: 1,
    description: 'open loop: generator threads, which share rate and connections',
  }),
  requestTimeout: option('request-timeout', {
    parser: orNone(someTime, 'none'),
    defaultValue: null,
    description: 'a client gives an attempt up after this; none: it waits as long as it takes',
  }),
  retries: option('retries', {
    parser: wholeNumber({ min: 0, max: PLAN_LIMITS.retriesMax }),
    defaultValue: 0,
    description: 'attempts of a client after a failed one; they hide exhaustion from its user',
  }),
  retryBackoff: option('retry-backoff', {
    parser: phase,
    defaultValue: 100,
    description: 'pause before a retry: even between 0 and this, doubled for each further one',
  }),
  goodputDeadline: option('goodput-deadline', {
    parser: someTime,
    defaultValue: 1_000,
    description: 'a right answer within this counts as goodput',
  }),
  warmup: option('warmup', {
    parser: phase,
    defaultValue: 2_000,
    description: 'load before the measured window, kept apart',
  }),
  duration: option('duration', {
    parser: someTime,
    defaultValue: 10_000,
    description: 'the measured window',
  }),
  drain: option('drain', {
    parser: phase,
    defaultValue: 5_000,
    description: 'time for the last answers after the window',
  }),
} as const;
