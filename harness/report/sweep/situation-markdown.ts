import type { CellResult, Situation } from '../../analysis/sweep/sweep-result.ts';
import { formatCount } from '../format.ts';
import { panelText, STATE_WORDS, situationText } from './cell-words.ts';
import { compactShare } from './compact-number.ts';
import { edgesOfRow, type HeatMap, VERTICAL } from './heat-map.ts';
import { foreignMarkdown, markdownDetails, markdownTable, markdownText } from './markdown-text.ts';
import { BEST_MARK, errorShare, METRICS, type Metric, panelMap, SAME_MARK } from './panel-map.ts';
import { RANKING_ALIGN, RANKING_TITLES, rankingOf } from './ranking-rows.ts';
import { SHAPE_LINES_TEXT, shapeLines, usableOf } from './shape-lines.ts';
import { situationSentence } from './sweep-headline.ts';
import type { SweepView } from './sweep-view.ts';

const [GOODPUT, LATENCY] = METRICS;

/** Cells a ranking lists in full; more are in the CSV. */
const RANKED_MAX = 50;

/** One situation: the answer, a table a panel, the ranking and how far each line of shapes goes. */
export function situationMarkdown(view: SweepView, situation: Situation): readonly string[] {
  const name = situationText(situation, view.result.plan.axes);
  return [
    // With one situation its sentence is the headline, and stands right above.
    view.result.situations.length === 1
      ? `### ${name}`
      : `### ${name}\n\n${situationSentence(view, situation, foreignMarkdown)}.`,
    ...situation.panels.map((panel) => panelTable(view, situation, panel)),
    rankingTable(view, situation),
    ...shapeLines(view, situation).map(({ panel, titles, rows }) =>
      markdownDetails(
        `How far each line goes: ${panel}`,
        `The ${SHAPE_LINES_TEXT}.\n\n${markdownTable(
          titles,
          rows,
          titles.map(() => 'right'),
        )}`,
      ),
    ),
  ];
}

function panelTable(
  view: SweepView,
  situation: Situation,
  panel: Situation['panels'][number],
): string {
  if (GOODPUT === undefined || LATENCY === undefined) return '';
  const map = panelMap(view, { situation, panel, metric: GOODPUT });
  const rows = map.cells.map((row, index) => {
    const edges = edgesOfRow(row);
    const texts = row.map((_, column) => {
      const cell = view.cell(panel.cells[index]?.[column] ?? null);
      const edge = VERTICAL[edges[column] ?? 'none'].trim();
      return cell === null ? '' : `${edge}${edge === '' ? '' : ' '}${cellText(situation, cell)}`;
    });
    return [`**${map.workers[index] ?? ''}**`, ...texts];
  });
  const titles = ['workers', ...map.poolSizes.map((size) => (size === 0 ? '∞' : String(size)))];
  return [
    `${panelText(panel, usableOf(view, panel))}; across: pool size; answers in time per second, p99, errors`,
    markdownTable(
      titles,
      rows,
      titles.map(() => 'right'),
    ),
    ...legend(map),
  ].join('\n\n');
}

/** Only what is in this map; nothing where none of it is. */
function legend({ cells }: HeatMap): readonly string[] {
  const there = cells.flat().filter((cell) => cell !== null);
  const parts = [
    there.some(({ mark }) => mark === BEST_MARK) ? `${BEST_MARK} best` : [],
    there.some(({ mark }) => mark === SAME_MARK) ? `${SAME_MARK} not to be told from the best` : [],
    there.some(({ fits }) => !fits) ? `right of ${VERTICAL.solid} over the budget` : [],
    there.some(({ fits, fitsDuringRollout }) => fits && !fitsDuringRollout)
      ? `right of ${VERTICAL.dotted} over it in a rolling deploy`
      : [],
  ].flat();
  return parts.length === 0 ? [] : [parts.join(', ')];
}
function cellText(situation: Situation, cell: CellResult): string {
  const print = (metric: Metric | undefined): string => metric?.print(metric.read(cell)) ?? '';
  const errors = errorShare(cell);
  const text = [
    print(GOODPUT),
    `${print(LATENCY)}${/[a-z–]$/.test(print(LATENCY)) ? '' : ' ms'}`,
    ...(errors === null || errors === 0 ? [] : [`${compactShare(errors)} errors`]),
  ].join('<br>');
  const state = cell.state === 'usable' ? '' : `<br>_${STATE_WORDS[cell.state]}_`;
  if (cell.id === situation.best) return `**${BEST_MARK} ${text}**${state}`;
  return `${situation.notDistinguishable.includes(cell.id) ? `${SAME_MARK} ` : ''}${text}${state}`;
}

function rankingTable(view: SweepView, situation: Situation): string {
  const { rows, left, unusableLeft, notes } = rankingOf(view, situation, {
    ranked: RANKED_MAX,
    others: RANKED_MAX,
  });
  const more = left + unusableLeft;
  const sentences = [
    ...notes.map((note) => `${markdownText(note)}.`),
    more === 0 ? [] : `${formatCount(more)} more are in the CSV.`,
  ].flat();
  const note = sentences.map((sentence) => `\n\n${sentence}`).join('');
  // A column in which nothing stands says nothing.
  const kept = <T>(items: readonly T[]): readonly T[] =>
    items.filter((_, index) => rows.some((row) => row[index] !== ''));
  const table = markdownTable(kept(RANKING_TITLES), rows.map(kept), kept(RANKING_ALIGN));
  return markdownDetails(`Ranking of ${formatCount(situation.cells.length)} shapes`, table + note);
}
