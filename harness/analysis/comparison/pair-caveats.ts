import type { RoundPair } from './compared-cell.ts';
import type { CellPair, ComparisonCaveat, Difference, Side } from './comparison-result.ts';

const SIDES = ['left', 'right'] as const satisfies readonly Side[];
const NAME = { left: 'A', right: 'B' } as const;

/** Every reason to read the comparison with care, each with its numbers. */
export function pairCaveats(
  compared: Omit<CellPair, 'caveats'>,
  { noted, pairs }: { readonly noted: readonly Difference[]; readonly pairs: readonly RoundPair[] },
): readonly ComparisonCaveat[] {
  return [
    ...pairing(compared),
    ...leftOut(compared),
    ...degraded(compared),
    ...withheld(pairs),
    ...unevenRounds(compared),
    ...noted.map(({ left, right }) => ({
      code: 'database_size' as const,
      detail: `the database had ${left ?? '?'} bytes with A and ${right ?? '?'} with B`,
    })),
    ...overBudget(compared),
  ];
}

function pairing({ pairs, left, right }: Omit<CellPair, 'caveats'>): readonly ComparisonCaveat[] {
  const found: ComparisonCaveat[] = [];
  if (!pairs.interleaved) {
    found.push({
      code: 'not_interleaved',
      detail: `rounds were not measured in turns (A from ${left.startedAt}, B from ${right.startedAt}): what changed on the machine in between is in the difference`,
    });
  }
  if (pairs.rounds.length > 0 && !pairs.sameSeeds) {
    found.push({
      code: 'different_seeds',
      detail: 'the rounds of a pair have different seeds, so that their arrivals differ',
    });
  }
  if (pairs.rounds.length < 2) {
    found.push({
      code: 'no_two_rounds',
      detail:
        pairs.rounds.length === 0
          ? 'no round counts on both sides: nothing tells how far rounds lie apart'
          : 'one round counts on both sides: nothing tells how far another would lie away',
    });
  }
  return found;
}

function leftOut({ leftOut: rounds }: Omit<CellPair, 'caveats'>): readonly ComparisonCaveat[] {
  if (rounds.length === 0) return [];
  const texts = rounds.map(({ side, round, reason }) => `${NAME[side]} round ${round} (${reason})`);
  return [{ code: 'rounds_left_out', detail: `left out: ${texts.join('; ')}` }];
}

function degraded(compared: Omit<CellPair, 'caveats'>): readonly ComparisonCaveat[] {
  const texts = SIDES.filter((side) => compared[side].verdict === 'DEGRADED').map(
    (side) => `${NAME[side]} is DEGRADED (${compared[side].caveats.join(', ')})`,
  );
  return texts.length === 0 ? [] : [{ code: 'degraded', detail: texts.join('; ') }];
}

function withheld(pairs: readonly RoundPair[]): readonly ComparisonCaveat[] {
  return SIDES.flatMap((side) => {
    const without = pairs.filter((pair) => pair[side].goodputPerSecond === null);
    if (without.length === 0) return [];
    return [
      {
        code: 'withheld' as const,
        detail: `${NAME[side]} did not settle in round ${without.map(({ round }) => round).join(', ')}: no latency stands for it, and its rates are those of the whole window`,
      },
    ];
  });
}

function unevenRounds({ metrics }: Omit<CellPair, 'caveats'>): readonly ComparisonCaveat[] {
  const { contrast } = metrics.goodputPerSecond;
  if (contrast.basis !== 'rounds' || contrast.bootstrapInterval === null) return [];
  const excludesOne = ({ low, high }: { readonly low: number; readonly high: number }): boolean =>
    low > 1 || high < 1;
  const byT = excludesOne(contrast.interval);
  if (byT === excludesOne(contrast.bootstrapInterval)) return [];
  return [
    {
      code: 'uneven_rounds',
      detail: byT
        ? 'the bootstrap of the same pairs does not leave 1 out: the noise is not normal, so the t interval may say too much'
        : 'the bootstrap of the same pairs leaves 1 out: single rounds stand far out and widen the t interval',
    },
  ];
}

function overBudget({
  conclusion,
  ...sides
}: Omit<CellPair, 'caveats'>): readonly ComparisonCaveat[] {
  const { prefer } = conclusion;
  if (prefer === null) return [];
  const predicted = sides[prefer].budget?.predicted;
  if (predicted === undefined || (predicted.fits && predicted.fitsDuringRollout)) return [];
  const when = predicted.fits ? 'in a rolling deploy' : 'on paper';
  return [
    {
      code: 'over_budget',
      detail: `${NAME[prefer]} is preferred, and does not fit ${when}: it can open ${claimText(predicted.fits ? predicted.rolloutCeiling : predicted.ceiling)}, ${predicted.usable} are usable`,
    },
  ];
}

const claimText = (claim: number | null): string =>
  claim === null ? 'an unlimited number' : String(claim);
