import { steadySecondsOf } from '../../analysis/estimates/judged-steady-state.ts';
import { steadyEstimates } from '../../analysis/estimates/steady-estimates.ts';
import { findSteadyState } from '../../analysis/statistics/steady-state.ts';
import { mergeHistograms } from '../../load/account/histogram.ts';
import { accountQuantities } from '../account.ts';
import type { Family, Observation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import { measuredLatency } from '../measured-latency.ts';
import { type Quantity, time, WITHIN_3_PERCENT } from '../quantity.ts';

const SLOTS = 2;
const HOLD_MS = 20;
const SERVED_PER_SECOND = (SLOTS * 1_000) / HOLD_MS;
const CONNECTIONS = 20;
const PER_SECOND = 1.5 * SERVED_PER_SECOND;

/**
 * More load than the server can serve. The open loop says so and gives no percentile, since none would
 * hold a second later. The closed loop cannot see it: its clients wait, so that its latency is the number
 * of clients over the throughput, by identity.
 */
export const OVERLOAD: Family = {
  name: 'overload',
  title: `${SLOTS} slots of ${HOLD_MS} ms, too much load`,
  stub: { serviceMs: HOLD_MS, slots: SLOTS },
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
        arrivals: 'constant',
        maxInFlight: 400,
        durationMs: 6_000,
        drainMs: 100,
      }),
      judge: judgeOpen,
    },
  ],
};

function judgeClosed(seen: Observation): readonly Quantity[] {
  const { load, uncorrected } = seen;
  const latencyMs = (CONNECTIONS * 1_000) / SERVED_PER_SECOND;
  const inWindow = load.seconds
    .filter(({ second }) => second * 1_000 < load.durationMs)
    .reduce((sum, { outcomes }) => sum + outcomes.ok, 0);
  return [
    {
      name: 'throughput',
      unit: 'per_second',
      truth: SERVED_PER_SECOND,
      ours: (inWindow * 1_000) / load.durationMs,
      raw: uncorrected === null ? null : (uncorrected.answered * 1_000) / uncorrected.durationMs,
      tolerance: WITHIN_3_PERCENT,
      basis: 'time',
      headline: true,
    },
    time(
      'p50',
      {
        truth: latencyMs,
        ours: measuredLatency(load).quantileMs(0.5),
        tolerance: WITHIN_3_PERCENT,
      },
      { raw: uncorrected?.latencyMsP50 ?? null, headline: true },
    ),
    ...accountQuantities(seen),
  ];
}

function judgeOpen(seen: Observation): readonly Quantity[] {
  const { load, uncorrected } = seen;
  const steady = findSteadyState({
    seconds: steadySecondsOf(load, mergeHistograms),
    model: 'open',
    steadySecondsMin: 5,
  });
  const { latencyMs } = steadyEstimates(load, steady, mergeHistograms);
  const given = Object.values({ p50: latencyMs.p50, p99: latencyMs.p99 }).filter(
    (percentile) => percentile !== null,
  );
  return [
    {
      name: 'steady state',
      unit: 'word',
      truth: 'overloaded',
      ours: steady.state,
      raw: null,
      tolerance: { kind: 'exact' },
      basis: 'time',
      headline: true,
    },
    {
      name: 'backlog growth',
      unit: 'per_second',
      truth: PER_SECOND - SERVED_PER_SECOND,
      ours: steady.backlogPerSecond,
      raw: null,
      tolerance: { kind: 'within', absolute: 0, relative: 0.05 },
      basis: 'time',
      headline: true,
    },
    {
      name: 'p99',
      unit: 'word',
      truth: 'withheld',
      ours: given.length === 0 ? 'withheld' : 'given',
      raw: uncorrected === null ? null : `${uncorrected.latencyMsP99} ms`,
      tolerance: { kind: 'exact' },
      basis: 'time',
      headline: true,
    },
    ...accountQuantities(seen, { onTheirWayMax: SLOTS }),
  ];
}
