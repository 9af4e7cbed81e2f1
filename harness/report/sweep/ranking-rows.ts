import type { CellResult, Situation } from '../../analysis/sweep/sweep-result.ts';
import { formatClaim, formatMs, formatShare } from '../format.ts';
import { USELESS_INTERVAL, USELESS_INTERVAL_MEANING } from '../interval-text.ts';
import { cellText, STATE_WORDS } from './cell-words.ts';
import { errorShare } from './panel-map.ts';
import { estimateText, ratioText } from './sweep-headline.ts';
import type { SweepView } from './sweep-view.ts';

/** Of the ranked ones, and of the others. */
const RANKED_MAX = 5;
const OTHERS_MAX = 3;

export const RANKING_TITLES = [
  '#',
  'shape',
  'slots',
  'opens',
  'in time/s',
  'of the best',
  'p99',
  'errors',
  '',
] as const;
export const RANKING_ALIGN: readonly ('left' | 'right')[] = [
  'right',
  'left',
  'right',
  'right',
  'left',
  'left',
  'right',
  'right',
  'left',
];

/** One line of the ranking, as its columns. */
export type RankingRow = readonly string[];

export interface Ranking {
  readonly rows: readonly RankingRow[];
  /** Usable cells that are not shown. */
  readonly left: number;
  /** Unusable cells that are not shown. */
  readonly unusableLeft: number;
  /** What stands in the rows and explains itself to nobody. */
  readonly notes: readonly string[];
}

/** The first of the usable cells, the best and the worst in any case, then some that are not usable. */
export function rankingOf(
  view: SweepView,
  situation: Situation,
  limits: { readonly ranked: number; readonly others: number } = {
    ranked: RANKED_MAX,
    others: OTHERS_MAX,
  },
): Ranking {
  const cells = view.cellsOf(situation);
  const ranked = cells
    .filter(({ rank }) => rank !== null)
    .toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const others = cells.filter(({ rank }) => rank === null);
  const always = new Set([situation.best, situation.worst]);
  const shown = ranked.filter(({ id }, index) => index < limits.ranked || always.has(id));
  const shownOthers = others.filter(({ id }, index) => index < limits.others || always.has(id));
  const rows = [...shown, ...shownOthers].map((cell) => rowOf(view, situation, cell));
  const useless = rows.some((row) => row.some((text) => text.includes(USELESS_INTERVAL)));
  return {
    rows,
    notes: useless ? [USELESS_INTERVAL_MEANING] : [],
    left: ranked.length - shown.length,
    unusableLeft: others.length - shownOthers.length,
  };
}

function rowOf(view: SweepView, situation: Situation, cell: CellResult): RankingRow {
  const { latencyMsP99, latencyMs, againstBest, rank } = cell;
  const { axes } = view.result.plan;
  const errors = errorShare(cell);
  return [
    rank === null ? '' : String(rank),
    cellText(cell.variables, { ...axes, maxConnections: [] }),
    axes.maxConnections.length > 1 ? String(cell.variables.maxConnections) : '',
    formatClaim(view.budget(cell).ceiling),
    estimateText(cell),
    againstBest === null ? '' : ratioText(againstBest),
    formatMs(latencyMsP99?.value ?? latencyMs.p99),
    errors === null ? '' : formatShare(errors),
    [
      cell.id === situation.best ? '★' : '',
      situation.notDistinguishable.includes(cell.id) ? '≈' : '',
      cell.state === 'usable' ? '' : STATE_WORDS[cell.state],
      cell.verdict === 'DEGRADED' ? 'degraded' : '',
      cell.state === 'usable' && !view.budget(cell).fits ? 'over budget' : '',
    ]
      .filter((word) => word !== '')
      .join(', '),
  ];
}
