import { decodeHistogram } from '../../load/account/histogram.ts';
import { US_PER_MS } from '../../load/monotonic-clock.ts';
import type { RequestTimes, StubTruth } from '../../load/stubs/stub-server.ts';
import { accountQuantities } from '../account.ts';
import type { Family, Observation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import { count, type Quantity, time, WITHIN_3_PERCENT } from '../quantity.ts';

const HANG_AFTER_REQUESTS = 200;
const CONNECTIONS = 8;

/**
 * A server that stops answering and never comes back. The requests it holds have no latency, only an age
 * that grows: leaving them out makes a dead server look fast.
 */
export const STALL: Family = {
  name: 'stall',
  title: 'stops answering for good',
  stub: { serviceMs: 5, hangAfterRequests: HANG_AFTER_REQUESTS },
  uncorrected: { connections: CONNECTIONS, durationMs: 1_000 },
  rows: [
    {
      engine: 'closed',
      load: closedLoad({ connections: CONNECTIONS, durationMs: 1_200, drainMs: 300 }),
      judge: judgeStall,
    },
    {
      engine: 'open',
      load: openLoad({
        perSecond: 200,
        arrivals: 'constant',
        maxInFlight: 160,
        durationMs: 1_500,
        drainMs: 300,
      }),
      judge: judgeStall,
    },
  ],
};

function judgeStall(seen: Observation): readonly Quantity[] {
  const { load, truth, uncorrected } = seen;
  const unanswered = unansweredOf(truth);
  const startedMs = truth.times[0]?.arrivedMs ?? 0;
  // The stub's clock is not the engine's: both count from the first request.
  const stalledForMs =
    load.durationMs + load.drainMs - ((unanswered[0]?.arrivedMs ?? startedMs) - startedMs);
  const maxUs = decodeHistogram(load.latencyUs.censored).maxUs;
  return [
    count(
      'unanswered',
      { truth: unanswered.length, ours: load.ledger.unanswered },
      {
        raw:
          uncorrected === null
            ? null
            : `${uncorrected.errors + uncorrected.timeouts} of ${unansweredOf(uncorrected.truth).length}`,
        headline: true,
      },
    ),
    time(
      'max',
      {
        truth: stalledForMs,
        ours: maxUs === null ? null : maxUs / US_PER_MS,
        tolerance: WITHIN_3_PERCENT,
      },
      { raw: uncorrected?.latencyMsMax ?? null, headline: true },
    ),
    ...accountQuantities(seen),
  ];
}

function unansweredOf({ times }: StubTruth): readonly RequestTimes[] {
  return times.filter(({ endedMs }) => endedMs === null);
}
