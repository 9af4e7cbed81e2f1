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

const SERVICE_MS = 5;
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
        perSecond: 400,
        // Evenly spaced, so that the truth below has no luck in it.
        arrivals: 'constant',
        maxInFlight: 320,
        durationMs: DURATION_MS,
        drainMs: 1_000,
      }),
      judge: judgeOpen,
    },
  ],
};

/**
 * The share q of evenly spread arrivals that a freeze of F in a run of D leaves below a latency: those
 * that arrive in the freeze wait evenly between 0 and F, so the share (F − w)/D waits longer than w
 * (F/D < 1 − q would leave the quantile outside the freeze). Here everybody takes the service time as well.
 *
 * @returns the latency's quantile q: F + service − (1 − q)·D, in ms
 */
export function frozenQuantileMs(options: {
  readonly q: number;
  readonly freezeMs: number;
  readonly durationMs: number;
  readonly serviceMs: number;
}): number {
  const { q, freezeMs, durationMs, serviceMs } = options;
  if (freezeMs <= (1 - q) * durationMs) throw new RangeError('the freeze is too short for it');
  return freezeMs + serviceMs - (1 - q) * durationMs;
}

function judgeOpen(seen: Observation): readonly Quantity[] {
  const { load, uncorrected } = seen;
  const ours = measuredLatencyWithUnanswered(load);
  const p99 = frozenQuantileMs({
    q: 0.99,
    freezeMs: FREEZE_MS,
    durationMs: DURATION_MS,
    serviceMs: SERVICE_MS,
  });
  const p90 = frozenQuantileMs({
    q: 0.9,
    freezeMs: FREEZE_MS,
    durationMs: DURATION_MS,
    serviceMs: SERVICE_MS,
  });
  return [
    time(
      'p99',
      { truth: p99, ours: ours.quantileMs(0.99), tolerance: WITHIN_3_PERCENT },
      { raw: uncorrected?.latencyMsP99 ?? null, headline: true },
    ),
    time('p90', { truth: p90, ours: ours.quantileMs(0.9), tolerance: WITHIN_3_PERCENT }),
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
