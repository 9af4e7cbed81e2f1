import { accountQuantities } from '../account.ts';
import { batchInterval, meanOf } from '../batch-interval.ts';
import type { Family, Observation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import { meanWaitMs } from '../mdc-wait.ts';
import {
  measuredLatency,
  measuredWait,
  recordedLatency,
  recordedWait,
} from '../measured-latency.ts';
import { NEAR, type Quantity, time, WITHIN_1_PERCENT } from '../quantity.ts';

const SLOTS = 8;
const HOLD_MS = 10;
const CONNECTIONS = 2 * SLOTS;
/** 85 % of what the slots serve: a queue that comes and goes. */
const PER_SECOND = 680;
const CONFIDENCE = 0.999;

/** What a pool is to its callers: a fixed number served at a time, and a queue. */
export const SLOTS_FAMILY: Family = {
  name: 'slots',
  title: `${SLOTS} slots of ${HOLD_MS} ms, one queue`,
  stub: { serviceMs: HOLD_MS, slots: SLOTS, serverTiming: 'measured' },
  uncorrected: { connections: CONNECTIONS, durationMs: 1_000 },
  rows: [
    {
      engine: 'closed',
      load: closedLoad({ connections: CONNECTIONS, durationMs: 2_000, drainMs: 500 }),
      judge: judgeClosed,
    },
    {
      engine: 'open',
      load: openLoad({
        perSecond: PER_SECOND,
        arrivals: 'poisson',
        maxInFlight: 256,
        durationMs: 5_000,
        drainMs: 1_000,
      }),
      judge: judgeOpen,
    },
  ],
};

/** Everybody waits for one more than there are slots for: N = X·R, whatever X and R are. */
function judgeClosed(seen: Observation): readonly Quantity[] {
  const { load } = seen;
  return [
    ...latencyQuantities(seen),
    {
      name: 'rate × latency',
      unit: 'clients',
      truth: CONNECTIONS,
      ours: load.inFlightSeconds / (load.durationMs / 1_000),
      raw: null,
      tolerance: WITHIN_1_PERCENT,
      basis: 'time',
      headline: false,
    },
    ...accountQuantities(seen),
  ];
}

function judgeOpen(seen: Observation): readonly Quantity[] {
  const { load, truth } = seen;
  const answered = truth.times.filter(({ endedMs }) => endedMs !== null);
  const heldMs = answered.map(({ startedMs, endedMs }) => (endedMs ?? startedMs) - startedMs);
  const waitedMs = answered.map(({ arrivedMs, startedMs }) => startedMs - arrivedMs);
  const meanLatencyMs = measuredLatency(load).meanMs;
  const meanMs = meanLatencyMs === null ? null : meanLatencyMs - meanOf(heldMs);
  const { low, high } = batchInterval(waitedMs, {
    center: meanMs ?? Number.NaN,
    confidence: CONFIDENCE,
  });
  const p999 = {
    truth: recordedLatency(truth).quantileMs(0.999) ?? HOLD_MS,
    ours: measuredLatency(load).quantileMs(0.999),
    tolerance: NEAR,
  };
  return [
    ...latencyQuantities(seen),
    time('p99.9', p999, { known: measuredLatency(load).knownMs(0.999), headline: true }),
    time(
      'mean wait (M/D/c)',
      {
        truth: meanWaitMs({ perSecond: PER_SECOND, slots: SLOTS, holdMs: HOLD_MS }),
        ours: meanMs,
        tolerance: { kind: 'interval', low: Math.max(0, low), high },
      },
      { headline: true },
    ),
    ...accountQuantities(seen),
  ];
}

/** The latency from outside, and the part of it that the answers call a wait. */
function latencyQuantities({ load, truth, uncorrected }: Observation): readonly Quantity[] {
  const ours = measuredLatency(load);
  const recorded = recordedLatency(truth);
  const at = (q: number) => ({
    truth: recorded.quantileMs(q) ?? HOLD_MS,
    ours: ours.quantileMs(q),
    tolerance: NEAR,
  });
  return [
    time('p50', at(0.5)),
    time('p99', at(0.99), {
      raw: uncorrected?.latencyMsP99 ?? null,
      known: ours.knownMs(0.99),
      headline: true,
    }),
    time(
      'wait p99.9',
      {
        truth: recordedWait(truth).quantileMs(0.999) ?? 0,
        ours: measuredWait(load).quantileMs(0.999),
        tolerance: NEAR,
      },
      { headline: true },
    ),
  ];
}
