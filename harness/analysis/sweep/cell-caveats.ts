import { samplesBeyond } from '../statistics/percentiles.ts';
import { spreadOf } from '../statistics/rounds.ts';
import type { Caveat, MeasuredTrial, Percentiles } from '../trial-result.ts';
import { CAVEAT_CODES } from '../verdict/caveat-codes.ts';
import { roundsSpreadCaveat } from '../verdict/find-caveats.ts';
import { isBelievable, type MeasuredRound } from './cell-rounds.ts';
import { goodputOfTrial, throughputOfTrial } from './round-rates.ts';
import type { CellResult } from './sweep-result.ts';

type CellCaveat = CellResult['caveats'][number];

/**
 * What stands against a cell, each code once with the rounds that have it, in the words of the worst of
 * them. A round that may not be believed is left out of the estimates and named; it makes the cell
 * DEGRADED as long as another round remains. Too few samples in a round are none against the cell if all
 * rounds together have enough.
 */
export function cellCaveats(
  rounds: readonly MeasuredRound[],
  latencyMs: Percentiles,
): readonly CellCaveat[] {
  const believable = rounds.filter(isBelievable);
  const found = rounds.flatMap(({ round, trial }) =>
    trial.caveats.map((caveat) => ({ round, caveat, leftOut: trial.verdict === 'INVALID' })),
  );
  return [
    ...CAVEAT_CODES.flatMap((code) => {
      const own = found.filter(({ caveat }) => caveat.code === code);
      const worst =
        own.find(({ caveat }) => caveat.grade === 'INVALID') ??
        own.find(({ leftOut }) => !leftOut) ??
        own[0];
      if (worst === undefined) return [];
      if (code === 'few_samples' && enoughSamples(believable, latencyMs)) return [];
      return [
        {
          code,
          grade: believable.length > 0 ? ('DEGRADED' as const) : worst.caveat.grade,
          detail: `${worst.leftOut && believable.length > 0 ? leftOutText(worst) : ''}${worst.caveat.detail}`,
          rounds: own.map(({ round }) => round),
        },
      ];
    }),
    ...spreadCaveats(believable),
  ];
}

/** A round is left out for what makes it INVALID, and not for what stands against it besides. */
function leftOutText(found: { readonly round: number; readonly caveat: Caveat }): string {
  return found.caveat.grade === 'INVALID'
    ? `round ${found.round} is left out of the estimates: `
    : `in round ${found.round}, which is left out of the estimates: `;
}

function enoughSamples(rounds: readonly MeasuredRound[], { samples }: Percentiles): boolean {
  const [first] = rounds;
  return (
    first !== undefined &&
    samplesBeyond(samples, 'p99') >= first.trial.plan.gates.samplesBeyondP99Min
  );
}

/** At most one, of what differs most. */
function spreadCaveats(rounds: readonly MeasuredRound[]): readonly CellCaveat[] {
  const [first] = rounds;
  if (first === undefined) return [];
  const judged = [
    { what: 'goodput', read: goodputOfTrial },
    { what: 'throughput', read: throughputOfTrial },
    { what: 'the median latency', read: (trial: MeasuredTrial) => trial.latencyMs.ok.p50 },
  ];
  const caveats = judged.flatMap(({ what, read }) => {
    const values = rounds.map(({ trial }) => read(trial)).filter((it) => it !== null);
    const spread = values.length < rounds.length ? null : spreadOf(values);
    if (spread === null) return [];
    const caveat = roundsSpreadCaveat({ what, spread: spread.spread }, first.trial.plan.gates);
    return caveat === null ? [] : [{ caveat, spread: spread.spread }];
  });
  const [worst] = caveats.toSorted((a, b) => b.spread - a.spread);
  return worst === undefined ? [] : [withRounds(worst.caveat, rounds)];
}

function withRounds({ code, grade, detail }: Caveat, rounds: readonly MeasuredRound[]): CellCaveat {
  return { code, grade, detail, rounds: rounds.map(({ round }) => round) };
}
