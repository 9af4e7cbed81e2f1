import { mergeHistograms } from '../../../load/account/histogram.ts';
import { expandCells } from '../../../plan/sweep/cells.ts';
import { fakeTrial } from '../../../test/fake-sweep.ts';
import type { WatchedTrial } from '../../trial-result.ts';
import type { CellTrial } from '../cell-rounds.ts';
import { type SummarizedCell, summarizeCell } from '../summarize-cell.ts';
import { type SampleSweepOptions, sampleSweepPlan } from './sample-sweep.ts';

/** What is different about a round of a cell that is usable by default. */
export type RoundChanges = (trial: WatchedTrial) => Partial<WatchedTrial>;

/** One cell, 2 × (4+0) on `point`, with a round for each of the changes; `null`: the round failed. */
export function sweptCell(
  changes: readonly (RoundChanges | null)[],
  options: SampleSweepOptions = {},
): SummarizedCell {
  const plan = sampleSweepPlan({
    rounds: Math.max(1, changes.length),
    ...options,
    axes: { workload: ['point'], maxOverflow: [0], workers: [2], poolSize: [4], ...options.axes },
  });
  const [cell] = expandCells(plan);
  if (cell === undefined) throw new Error('a plan has a cell');
  const trials = changes.map((change, index): CellTrial => {
    const round = index + 1;
    if (change === null) {
      return {
        state: 'failed',
        round,
        error: { code: 'LAB_FAILED', message: 'It broke.', hint: '' },
      };
    }
    const result = fakeTrial({ cell, round, plan: cell.plan });
    return { state: 'measured', round, result: { ...result, ...change(result) } };
  });
  return summarizeCell({ cell, trials }, { plan, decode: mergeHistograms });
}

export const unchanged: RoundChanges = () => ({});
