import type { CaveatCode } from '../../analysis/verdict/caveat-codes.ts';
import { formatCount } from '../format.ts';
import { plainText } from './plain-text.ts';
import type { SweepView } from './sweep-view.ts';

/** One reason for doubt, once, however many cells it concerns. */
export interface CaveatCount {
  readonly code: CaveatCode;
  readonly grade: 'DEGRADED' | 'INVALID';
  /** `in 3 of 24 cells, e.g. hot 4 × (8+0), round 2: …`. */
  readonly text: string;
  /** What to do about it; `null` where the result says nothing. */
  readonly advice: string | null;
}

/** The most frequent first, those that make numbers unbelievable before the others. */
export function caveatCounts(view: SweepView): readonly CaveatCount[] {
  const { cells, advice } = view.result;
  const found = cells.flatMap((cell) => cell.caveats.map((caveat) => ({ cell, caveat })));
  const groups = Map.groupBy(found, ({ caveat }) => `${caveat.grade} ${caveat.code}`);
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const { cell, caveat } = first;
      const rounds = caveat.rounds.length === 0 ? '' : `, ${roundsText(caveat.rounds)}`;
      const example = `${cell.variables.workload} ${view.name(cell)}${rounds}: ${plainText(caveat.detail)}`;
      return {
        count: group.length,
        code: caveat.code,
        grade: caveat.grade,
        text: `in ${formatCount(group.length)} of ${formatCount(cells.length)} cells, e.g. ${example}`,
        advice: plainTextOrNull(advice[caveat.code]),
      };
    })
    .toSorted((a, b) => severity(b) - severity(a) || b.count - a.count);
}

const severity = ({ grade }: Pick<CaveatCount, 'grade'>): number => (grade === 'INVALID' ? 1 : 0);

/** More rounds than these are counted. */
const ROUNDS_MAX = 5;

function roundsText(rounds: readonly number[]): string {
  if (rounds.length > ROUNDS_MAX) return `${formatCount(rounds.length)} rounds`;
  return `round${rounds.length === 1 ? '' : 's'} ${rounds.join(', ')}`;
}

function plainTextOrNull(text: string | undefined): string | null {
  return text === undefined ? null : plainText(text);
}
