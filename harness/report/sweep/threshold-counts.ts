import type { CellResult } from '../../analysis/sweep/sweep-result.ts';
import { formatCount } from '../format.ts';
import { situationText } from './cell-words.ts';
import { plainText } from './plain-text.ts';
import type { SweepView } from './sweep-view.ts';

/** One threshold of the plan, and how many cells meet it. */
export interface ThresholdCount {
  readonly expression: string;
  /** By the best cell of every situation; where nothing is usable, by any cell of it. */
  readonly met: boolean;
  /** `by 12 of 24 cells; hot 1 × (2+0): 21 ms < 50 ms`. */
  readonly text: string;
}

export function meetsAll({ thresholds }: Pick<CellResult, 'thresholds'>): boolean {
  return thresholds.length > 0 && thresholds.every(({ met }) => met);
}

/** In the order of the plan; empty where nothing was asked for. */
export function thresholdCounts(view: SweepView): readonly ThresholdCount[] {
  const { plan, cells, situations } = view.result;
  const bests = situations.map(({ best }) => view.cell(best));
  return plan.base.thresholds.map((expression) => {
    const of = (cell: CellResult) =>
      cell.thresholds.find((candidate) => candidate.expression === expression);
    const isMet = (cell: CellResult): boolean => of(cell)?.met === true;
    const count = cells.filter(isMet).length;
    const details = situations.flatMap((situation, index) => {
      // Without a best cell one that misses it, so that the reason is seen.
      const missing = view.cellsOf(situation).find((cell) => of(cell)?.met === false);
      const shown = bests[index] ?? missing;
      const reading = shown === undefined ? undefined : of(shown);
      if (shown === undefined || reading === undefined) return [];
      const name = `${situationText(situation, plan.axes)} ${view.name(shown)}`;
      return `${name}${reading.met ? '' : ' does not'}: ${plainText(reading.detail)}`;
    });
    return {
      expression: plainText(expression),
      met: situations.every((situation, index) => {
        const best = bests[index] ?? null;
        return best === null ? view.cellsOf(situation).some(isMet) : isMet(best);
      }),
      text: [`met by ${formatCount(count)} of ${formatCount(cells.length)} cells`, ...details].join(
        '; ',
      ),
    };
  });
}
