import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { linesOf, panelsOf } from './cell-lines.ts';
import { frontierOf } from './frontier.ts';
import { kneesOf } from './knees.ts';
import { rankCells } from './ranking.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import type { CellResult, Situation } from './sweep-result.ts';
import { bestOverWorst, worstCell } from './worst-cell.ts';

/** A situation and its cells, now that they are compared. */
export interface JudgedSituation {
  readonly situation: Situation;
  readonly cells: readonly CellResult[];
}

/**
 * Cells of one workload under one load at one distance, compared with each other and no others.
 *
 * @param cells in the order of the plan
 */
export function judgeSituations(
  cells: readonly SummarizedCell[],
  plan: Pick<SweepPlan, 'predictedSurge' | 'base'>,
): readonly JudgedSituation[] {
  const groups = Map.groupBy(cells, ({ variables: { workload, load, dbRttMs } }) =>
    JSON.stringify([workload, load, dbRttMs]),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [judge(group, first, plan)];
  });
}

function judge(
  cells: readonly SummarizedCell[],
  first: SummarizedCell,
  plan: Pick<SweepPlan, 'predictedSurge' | 'base'>,
): JudgedSituation {
  const { ranks, best, againstBest, notDistinguishable } = rankCells(cells);
  const worst = worstCell(cells, best);
  const lines = linesOf(cells);
  return {
    situation: {
      workload: first.variables.workload,
      load: first.variables.load,
      dbRttMs: first.variables.dbRttMs,
      cells: cells.map(({ id }) => id),
      best: best?.id ?? null,
      notDistinguishable: notDistinguishable.map(({ id }) => id),
      worst: worst?.id ?? null,
      bestOverWorst: bestOverWorst(cells, { best, worst }),
      panels: panelsOf(cells),
      frontier: frontierOf(lines, plan),
      knees: kneesOf(lines),
    },
    cells: cells.map((cell) => ({
      ...cell,
      rank: ranks.get(cell.id) ?? null,
      againstBest: againstBest.get(cell.id) ?? null,
    })),
  };
}
