import { accountQuantities } from '../account.ts';
import type { Family, Observation } from '../family.ts';
import { closedLoad, openLoad } from '../load-request.ts';
import { measuredLatency, recordedLatency } from '../measured-latency.ts';
import { NEAR, type Quantity, time } from '../quantity.ts';

const SERVICE_MS = 20;
const CONNECTIONS = 8;
/**
 * The closed loop's callers think, which spreads them: in step, one pause of the generator would meet all
 * of them at once, and two such pauses would be the 99th percentile.
 */
const CALLERS = { connections: 16, thinkTimeMs: 20 } as const;

/** The simplest server there is: whoever measures this one wrong measures every other one wrong. */
export const CONSTANT: Family = {
  name: 'constant',
  title: `constant ${SERVICE_MS} ms`,
  stub: { serviceMs: SERVICE_MS },
  uncorrected: { connections: CONNECTIONS, durationMs: 1_000 },
  rows: [
    {
      engine: 'closed',
      load: closedLoad({ ...CALLERS, durationMs: 3_500, drainMs: 500 }),
      judge: judgeConstant,
    },
    {
      engine: 'open',
      load: openLoad({
        perSecond: 400,
        arrivals: 'poisson',
        maxInFlight: 64,
        durationMs: 3_500,
        drainMs: 500,
      }),
      judge: judgeConstant,
    },
  ],
};

function judgeConstant(seen: Observation): readonly Quantity[] {
  const { load, truth, uncorrected } = seen;
  const ours = measuredLatency(load);
  const recorded = recordedLatency(truth);
  const at = (q: number) => ({
    truth: recorded.quantileMs(q) ?? SERVICE_MS,
    ours: ours.quantileMs(q),
    tolerance: NEAR,
  });
  return [
    time('p50', at(0.5), { raw: uncorrected?.latencyMsP50 ?? null, headline: true }),
    time('p90', at(0.9)),
    time('p95', at(0.95)),
    time('p99', at(0.99), {
      raw: uncorrected?.latencyMsP99 ?? null,
      known: ours.knownMs(0.99),
      headline: true,
    }),
    ...accountQuantities(seen),
  ];
}
