import type { Break } from '../../load/stubs/stub-server.ts';
import { accountQuantities } from '../account.ts';
import type { Family, Observation, UncorrectedObservation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import { measuredLatency, recordedLatency } from '../measured-latency.ts';
import { count, type Quantity, time, WITHIN_3_PERCENT } from '../quantity.ts';

/** Long enough for 3 % of it to be more than the way there and back. */
const SERVICE_MS = 50;
const CONNECTIONS = 10;
const EVERY_REQUESTS = 4;
const DURATION_MS = 1_500;

/**
 * Servers that end connections under way. Each ending must be counted for what it is, and must not
 * displace what is measured on the connection that follows.
 */
export const RESETS = breaking({
  name: 'resets',
  title: 'resets instead of answers',
  how: 'reset-instead-of-answer',
});
export const CLOSES = breaking({
  name: 'closes',
  title: 'closes after an answer, announced',
  how: 'connection-close',
});
export const SILENT_CLOSES = breaking({
  name: 'silent-closes',
  title: 'closes after an answer, silently',
  how: 'fin-after-answer',
});

function breaking({
  name,
  title,
  how,
}: {
  readonly name: string;
  readonly title: string;
  readonly how: Break;
}): Family {
  return {
    name,
    title,
    stub: { serviceMs: SERVICE_MS, breaks: { everyRequests: EVERY_REQUESTS, how } },
    uncorrected: { connections: CONNECTIONS, durationMs: 1_000 },
    rows: [
      {
        engine: 'closed',
        load: closedLoad({ connections: CONNECTIONS, durationMs: DURATION_MS, drainMs: 500 }),
        judge: judgeBreaks,
      },
      {
        engine: 'open',
        load: openLoad({
          perSecond: 300,
          arrivals: 'constant',
          maxInFlight: 32,
          durationMs: DURATION_MS,
          drainMs: 500,
        }),
        judge: judgeBreaks,
      },
    ],
  };
}

function judgeBreaks(seen: Observation): readonly Quantity[] {
  const { load, truth, uncorrected } = seen;
  return [
    time(
      'p50',
      {
        truth: recordedLatency(truth).quantileMs(0.5) ?? SERVICE_MS,
        ours: measuredLatency(load).quantileMs(0.5),
        tolerance: WITHIN_3_PERCENT,
      },
      { raw: uncorrected?.latencyMsP50 ?? null, headline: true },
    ),
    count(
      'lost',
      { truth: truth.requests - truth.answered, ours: load.ledger.lost },
      {
        raw: uncorrected === null ? null : `${uncorrected.errors} of ${neverAnswered(uncorrected)}`,
        headline: true,
      },
    ),
    ...accountQuantities(seen),
  ];
}

/** Requests that had the time to be answered and were not; others were under way at the end. */
function neverAnswered({ truth: { times } }: UncorrectedObservation): number {
  const endMs = times.reduce((last, { endedMs }) => Math.max(last, endedMs ?? 0), 0);
  return times.filter(
    ({ arrivedMs, endedMs }) => endedMs === null && arrivedMs + SERVICE_MS < endMs,
  ).length;
}
