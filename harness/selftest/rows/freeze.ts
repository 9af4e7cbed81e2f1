import { accountQuantities } from '../account.ts';
import type { Family, Observation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import {
  measuredLatency,
  measuredLatencyWithUnanswered,
  recordedLatency,
  slowerThan,
} from '../measured-latency.ts';
import { count, type Quantity, time, WITHIN_3_PERCENT } from '../quantity.ts';

/** Short, so that the few connections serve what has queued in a moment. */
const SERVICE_MS = 2;
const FREEZE_MS = 600;
const DURATION_MS = 3_000;
const CONNECTIONS = 10;

/**
 * A server that stands still for a moment. Users who arrive in that moment wait for the rest of it; the
 * closed loop asks once for each of its connections and then waits with them, so that its percentiles
 * know next to nothing of it ("coordinated omission").
 */
export const FREEZE: Family = {
  name: 'freeze',
  title: `stands still for ${FREEZE_MS} ms`,
  stub: { serviceMs: SERVICE_MS, freeze: { atMs: 1_000, forMs: FREEZE_MS } },
  uncorrected: { connections: CONNECTIONS, durationMs: 2_000 },
  rows: [
    {
      engine: 'closed',
      load: closedLoad({ connections: CONNECTIONS, durationMs: 2_000, drainMs: 1_000 }),
      judge: judgeClosed,
    },
    {
      engine: 'open',
      load: openLoad({
        perSecond: 1_000,
        // Evenly spaced, so that the truth below has no luck in it.
        arrivals: 'constant',
        // Fewer than 1 % of the arrivals, so that who counts latency from the sending of a request
        // instead of from the moment it was due does not see the freeze at the 99th percentile.
        maxInFlight: 24,
        atCap: 'queue',
        durationMs: DURATION_MS,
        drainMs: 1_000,
      }),
      judge: judgeOpen,
    },
  ],
};

/**
 * Quantile q of the latency when a freeze of F hits a run of D: whoever arrives in it waits for the rest of
 * it, evenly between 0 and F, so that a share (F − w)/D of all arrivals waits longer than w. The time it
 * takes to serve them and to work off the queue is neglected against that.
 *
 * @returns F − (1 − q)·D, in ms
 */
export function frozenQuantileMs(options: {
  readonly q: number;
  readonly freezeMs: number;
  readonly durationMs: number;
}): number {
  const { q, freezeMs, durationMs } = options;
  const quantileMs = freezeMs - (1 - q) * durationMs;
  if (quantileMs <= 0) throw new RangeError('the freeze is shorter than what lies beyond it');
  return quantileMs;
}

function judgeOpen(seen: Observation): readonly Quantity[] {
  const { load, uncorrected } = seen;
  const ours = measuredLatencyWithUnanswered(load);
  const p99 = frozenQuantileMs({ q: 0.99, freezeMs: FREEZE_MS, durationMs: DURATION_MS });
  return [
    time(
      'p99',
      { truth: p99, ours: ours.quantileMs(0.99), tolerance: WITHIN_3_PERCENT },
      { raw: uncorrected?.latencyMsP99 ?? null, headline: true },
    ),
    ...accountQuantities(seen),
  ];
}

function judgeClosed(seen: Observation): readonly Quantity[] {
  const { load, truth, uncorrected } = seen;
  const maxMs = recordedLatency(truth).maxMs ?? FREEZE_MS;
  return [
    {
      ...count('slow answers', { truth: CONNECTIONS, ours: slowerThan(load, FREEZE_MS / 2) }),
      // A host that stands still as well would make more of them.
      basis: 'time',
      headline: true,
    },
    time(
      'max',
      { truth: maxMs, ours: measuredLatency(load).maxMs, tolerance: WITHIN_3_PERCENT },
      { raw: uncorrected?.latencyMsMax ?? null, headline: true },
    ),
    ...accountQuantities(seen),
  ];
}
