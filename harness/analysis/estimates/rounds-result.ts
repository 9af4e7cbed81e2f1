/** The result of several trials of one plan, as it is printed with `run --rounds … --json`. */
import { z } from 'zod';
import type { Gates } from '../../plan/gates.ts';
import { spreadOf } from '../statistics/rounds.ts';
import {
  caveatSchema,
  type MeasuredTrial,
  measuredTrialSchema,
  TRIAL_RESULT_SCHEMA_VERSION,
} from '../trial-result.ts';
import { verdictOf } from '../verdict/caveats.ts';
import { roundsSpreadCaveat } from '../verdict/find-caveats.ts';

const spreadSchema = z
  .strictObject({
    min: z.number(),
    median: z.number(),
    max: z.number(),
    /** `max / min − 1`. */
    spread: z.number().min(0),
  })
  .nullable();

/** `null` where a round withheld its value, or had none to compare. */
export const roundsResultSchema = z.strictObject({
  schemaVersion: z.literal(TRIAL_RESULT_SCHEMA_VERSION),
  state: z.literal('rounds'),
  /** Fewer were measured when it was stopped early. */
  roundsAsked: z.int().min(2),
  /** The worst of the rounds and of what stands against them together. */
  verdict: z.enum(['VALID', 'DEGRADED', 'INVALID']),
  /** Of the rounds together; each round has its own besides. */
  caveats: z.array(caveatSchema),
  spread: z.strictObject({
    throughputPerSecond: spreadSchema,
    goodputPerSecond: spreadSchema,
    latencyMsP50: spreadSchema,
    latencyMsP99: spreadSchema,
  }),
  /** In the order in which they were run, each on fresh workers and with a seed of its own. */
  rounds: z.array(measuredTrialSchema).min(1),
});
export type RoundsResult = Readonly<z.infer<typeof roundsResultSchema>>;

/**
 * The rounds together: how far they lie apart, and whether that is too far. The tail is shown and not
 * judged by it: it has an interval of its own in every round.
 */
export function summarizeRounds(
  rounds: readonly MeasuredTrial[],
  options: { readonly roundsAsked: number; readonly gates: Gates },
): RoundsResult {
  const spread = spreadsOf(rounds);
  const judged = [
    { what: 'throughput', of: spread.throughputPerSecond },
    { what: 'goodput', of: spread.goodputPerSecond },
    { what: 'the median latency', of: spread.latencyMsP50 },
  ];
  const caveats = judged.flatMap(({ what, of }) =>
    of === null ? [] : (roundsSpreadCaveat({ what, spread: of.spread }, options.gates) ?? []),
  );
  return {
    schemaVersion: TRIAL_RESULT_SCHEMA_VERSION,
    state: 'rounds',
    roundsAsked: options.roundsAsked,
    verdict: verdictOf([...caveats, ...rounds.flatMap((round) => round.caveats)]),
    caveats,
    spread,
    rounds: [...rounds],
  };
}

function spreadsOf(rounds: readonly MeasuredTrial[]): RoundsResult['spread'] {
  const of = (read: (trial: MeasuredTrial) => number | null) => {
    const known = rounds.map(read).filter((value) => value !== null);
    // The range of those rounds that could tell would hide the worst of them.
    return known.length === rounds.length ? spreadOf(known) : null;
  };
  return {
    throughputPerSecond: of((trial) => trial.throughputPerSecond),
    goodputPerSecond: of((trial) => trial.goodputPerSecond),
    latencyMsP50: of((trial) => trial.latencyMs.ok.p50),
    latencyMsP99: of((trial) => trial.latencyMs.ok.p99),
  };
}
