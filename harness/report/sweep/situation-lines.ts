import type { Situation } from '../../analysis/sweep/sweep-result.ts';
import { awayText } from '../distance-text.ts';
import { formatCount } from '../format.ts';
import { loadText } from '../load-text.ts';
import type { ReportLine } from '../report-line.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { panelText, STATE_WORDS, stateCountsText } from './cell-words.ts';
import { fittingTable } from './fitting-table.ts';
import { type HeatMapCell, heatMapLines } from './heat-map.ts';
import {
  BEST_MARK,
  ERRORS,
  errorShare,
  METRICS,
  panelMap,
  SAME_MARK,
  STATE_MARKS,
} from './panel-map.ts';
import { RANKING_ALIGN, RANKING_TITLES, rankingOf } from './ranking-rows.ts';
import { SHAPE_LINES_TEXT, shapeLines, usableOf } from './shape-lines.ts';
import type { SweepView } from './sweep-view.ts';

const TABLE_INDENT = 2;

/** The heat maps of a situation: all metrics of a panel below each other, then the next panel. */
export function heatMapBlocks(
  view: SweepView,
  situation: Situation,
  style: TerminalStyle,
): readonly string[] {
  const { columns, paint } = style;
  const { plan } = view.result;
  const title = `${paint.bold(situation.workload.toUpperCase())}, ${loadText({ load: { ...plan.base.load, model: situation.load }, seed: plan.base.seed })}${situation.dbRttMs === 0 && plan.axes.dbRttMs.length === 1 ? '' : `, ${awayText(situation.dbRttMs)}`}`;
  // A map of nothing but zeros is a sentence.
  const flawless = view.cellsOf(situation).every((cell) => errorShare(cell) === 0);
  const metrics = flawless ? METRICS.filter((metric) => metric !== ERRORS) : METRICS;
  const blocks = situation.panels.flatMap((panel) => {
    const heading = wrap(panelText(panel, usableOf(view, panel)), { columns, indent: 2 });
    return metrics.map((metric, index) =>
      [
        ...(index === 0 ? [heading] : []),
        wrap(`${paint.bold(metric.title)}; across: pool size`, { columns, indent: 2 }),
        ...heatMapLines(panelMap(view, { situation, panel, metric }), style),
      ].join('\n'),
    );
  });
  if (flawless) blocks.push(wrap(`${paint.bold(ERRORS.title)}: none`, { columns, indent: 2 }));
  return [wrap(title, { columns, indent: 2 }), ...blocks, legend(view, situation, columns)];
}

/** Only what is in these maps. */
function legend(view: SweepView, situation: Situation, columns: number): string {
  const cells = view.cellsOf(situation);
  const states = [...new Set(cells.map(({ state }) => state))].filter(
    (state) => state !== 'usable',
  );
  const fit: readonly Pick<HeatMapCell, 'fits' | 'fitsDuringRollout'>[] = cells.map(view.budget);
  const parts = [
    situation.best === null ? [] : `${BEST_MARK} best`,
    situation.notDistinguishable.some((id) => id !== situation.best)
      ? `${SAME_MARK} not to be told from it`
      : [],
    '░▒▓█ little to much',
    ...states.map((state) => `${STATE_MARKS[state]} ${STATE_WORDS[state]}`),
    fit.some(({ fits }) => !fits) ? '│─ beyond: over the budget' : [],
    fit.some(({ fits, fitsDuringRollout }) => fits && !fitsDuringRollout)
      ? '┊┈ beyond: over it in a rolling deploy'
      : [],
  ].flat();
  // A part stays whole.
  const text = parts.map((part) => part.replaceAll(' ', '\u00a0')).join('   ');
  return wrap(text, { columns, indent: 0 }).replaceAll('\u00a0', ' ');
}

/** Ranking, and how far each line of shapes goes. */
export function situationLines(
  view: SweepView,
  situation: Situation,
  { columns }: TerminalStyle,
): readonly ReportLine[] {
  const { rows, left, unusableLeft, notes } = rankingOf(view, situation);
  const width = columns - TABLE_INDENT;
  const cells = view.cellsOf(situation);
  const unusable = stateCountsText(cells);
  const notShown = [
    left > 0 ? `${formatCount(left)} between them` : [],
    unusableLeft > 0 ? `${formatCount(unusableLeft)} that cannot be used` : [],
  ].flat();
  return [
    {
      label: 'RANKING',
      text: [
        `${formatCount(cells.filter(({ rank }) => rank !== null).length)} of ${formatCount(cells.length)} shapes can be used`,
        unusable === '' ? '' : ` (${unusable})`,
        notShown.length === 0 ? '' : `; not shown: ${notShown.join(', ')}`,
        ...notes.map((note) => `\n${note}`),
      ].join(''),
      rows: fittingTable(
        {
          titles: RANKING_TITLES,
          rows,
          align: RANKING_ALIGN,
          spare: [7, 3, 6, 5],
        },
        width,
      ),
    },
    ...shapeLines(view, situation).map(({ panel, titles, rows: lines }, index) => ({
      label: index === 0 ? 'FRONTIER' : '',
      text: `${index === 0 ? `${SHAPE_LINES_TEXT}\n` : ''}${panel}`,
      rows: fittingTable(
        {
          titles,
          rows: lines,
          align: titles.map(() => 'right'),
          spare: titles.length > 5 ? [4, 3, 2] : [3, 2],
        },
        width,
      ),
    })),
  ];
}
