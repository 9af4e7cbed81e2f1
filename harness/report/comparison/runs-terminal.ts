import type {
  CellPair,
  ComparedSide,
  ComparisonCaveat,
  Contrast,
  RunsComparison,
} from '../../analysis/comparison/comparison-result.ts';
import { hasTrouble } from '../../analysis/comparison/conclusion.ts';
import type { Environment } from '../../analysis/trial-machine.ts';
import { carriesOverLines, type Network } from '../carries-over-lines.ts';
import { ABSENT, formatCount, formatMs, formatRate, plural } from '../format.ts';
import { lineText } from '../line-text.ts';
import type { ReportLine } from '../report-line.ts';
import { plainText } from '../sweep/plain-text.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { table, wrap } from '../text-layout.ts';
import { caveatLines } from './caveat-lines.ts';
import { forcedBanner } from './comparison-terminal.ts';
import { differenceText } from './fact-words.ts';
import { sweepLoadText } from './load-words.ts';
import { pairHeadline } from './pair-headline.ts';
import { contrastText, findingText, ratioText } from './ratio-text.ts';
import { sideShapeText } from './side-words.ts';

/** Two runs: their best cells head to head, then the cells they share one by one. */
export function runsTerminal(
  comparison: RunsComparison,
  {
    environment,
    between,
    style,
  }: {
    readonly environment: Environment;
    /** @default nothing but this machine */
    readonly between?: Network;
    readonly style: TerminalStyle;
  },
): string {
  const blocks: readonly (readonly ReportLine[])[] = [
    runLines(comparison),
    overallLines(comparison),
    pairTables(comparison),
    restLines(comparison),
    caveatLines(caveatsOf(comparison)),
    carriesOverLines(environment, between),
  ];
  return `${[
    ...forcedBanner(comparison, style),
    headlines(comparison)
      .map((line) => wrap(style.paint.bold(line), { columns: style.columns, indent: 2 }))
      .join('\n'),
    ...blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => lineText(line, style)).join('\n')),
  ].join('\n\n')}\n`;
}

/** The best cells, situation by situation; without any, what the shared cells say together. */
function headlines({ best, pairs }: RunsComparison): readonly string[] {
  const lines = best.map(({ workload, load, pair }) => {
    const where = best.length > 1 ? `${sweepLoadText(workload, load)}: ` : '';
    if (pair === null) return `${where}no best cell on both sides`;
    const names = {
      left: `A's best ${sideShapeText(pair.left)}`,
      right: `B's best ${sideShapeText(pair.right)}`,
    };
    return `${where}${pairHeadline(pair, names)}`;
  });
  return lines.length > 0 ? lines : [countsText(pairs)];
}

function countsText(pairs: readonly CellPair[]): string {
  const byFinding = Map.groupBy(pairs, (pair) => findingOf(pair));
  const counts = [...byFinding].map(
    ([finding, found]) => `${formatCount(found.length)} ${finding}`,
  );
  return `${plural(pairs.length, 'cell')} in both; A's goodput over B's: ${counts.join(', ')}`;
}

function runLines({ left, right, pairs, matchedBy }: RunsComparison): readonly ReportLine[] {
  const text = ({ given, cells, rounds, createdAt }: RunsComparison['left']): string =>
    `${plainText(given)}: ${plural(cells, 'cell')}, ${plural(rounds, 'round')}, of ${createdAt}`;
  const [first] = pairs;
  return [
    { label: 'A', text: text(left) },
    { label: 'B', text: text(right) },
    {
      label: 'DIFFERS',
      text:
        first === undefined
          ? 'no cell is in both'
          : first.declared.length === 0
            ? 'nothing that was configured: an A/A comparison, so what is found is noise, or changed by itself'
            : first.declared.map(differenceText).join(', '),
    },
    ...(matchedBy.length === 0
      ? []
      : [{ label: 'MATCHED BY', text: matchedBy.map(axisText).join(', ') }]),
  ];
}

function overallLines({ overall, pairs }: RunsComparison): readonly ReportLine[] {
  if (pairs.length === 0) return [];
  return [
    { label: 'SHARED', text: countsText(pairs) },
    ...overall.map(({ workload, load, cells, goodputPerSecond }) => ({
      label: '',
      text: `${sweepLoadText(workload, load)}: ${plural(cells, 'cell')} that work on both sides, together: A / B ${contrastText(goodputPerSecond)}, ${findingText(goodputPerSecond)}`,
    })),
  ];
}

/** A table for each situation, in the order of A's plan. */
function pairTables({ pairs }: RunsComparison): readonly ReportLine[] {
  const bySituation = Map.groupBy(pairs, ({ left }) => sweepLoadText(left.workload, left.load));
  return [...bySituation].map(([situation, ofOne]) => ({
    label: 'CELLS',
    text: `${situation}: right answers within ${formatMs(ofOne[0]?.left.goodputDeadlineMs ?? null)} per s, A over B; p99 ↑ higher, ↓ lower, = equivalent, ? not distinguishable, · not judged`,
    rows: table(
      [['', 'A', 'B', 'A / B', 'found', 'p99'], ...ofOne.map(pairRow)],
      ['left', 'right', 'right', 'left', 'left', 'left'],
    ),
  }));
}

function pairRow(pair: CellPair): readonly string[] {
  const { left, right, metrics } = pair;
  const goodput = metrics.goodputPerSecond;
  const rate = (value: number | undefined): string =>
    value === undefined ? ABSENT : formatRate(value);
  return [
    pairName(left, right),
    rate(goodput.left?.value),
    rate(goodput.right?.value),
    contrastText(goodput.contrast),
    findingOf(pair),
    tailText(metrics.latencyMsP99.contrast),
  ];
}

function pairName(left: ComparedSide, right: ComparedSide): string {
  const names = [sideShapeText(left), sideShapeText(right)];
  return [...new Set(names)].join(' | ');
}

/** A state that is no good before any ratio: fast refusals are no win. */
function findingOf({ left, right, metrics }: CellPair): string {
  const troubled = [hasTrouble(left), hasTrouble(right)];
  if (troubled[0] && troubled[1]) {
    return left.state === right.state ? `both ${left.state}` : 'both in trouble';
  }
  if (troubled[0]) return `A ${left.state}`;
  if (troubled[1]) return `B ${right.state}`;
  const { contrast } = metrics.goodputPerSecond;
  if (contrast.basis !== 'rounds') return 'not judged';
  return contrast.finding === 'not_distinguishable' ? 'not told apart' : contrast.finding;
}

const SIGN = { higher: '↑', lower: '↓', equivalent: '=', not_distinguishable: '?' } as const;

/** Without its interval, for want of room; its finding has one. */
function tailText(contrast: Contrast): string {
  if (contrast.basis === 'none') return ABSENT;
  const sign = contrast.basis === 'rounds' ? SIGN[contrast.finding] : '·';
  return `${sign} ${ratioText(contrast.ratio, null)}`;
}

function restLines({ unmatched, notCompared }: RunsComparison): readonly ReportLine[] {
  const only = (label: string, ids: readonly string[]): readonly ReportLine[] =>
    ids.length === 0 ? [] : [{ label, text: `${plural(ids.length, 'cell')}: ${shortened(ids)}` }];
  return [
    ...only('ONLY IN A', unmatched.left),
    ...only('ONLY IN B', unmatched.right),
    ...notCompared.map(({ left, right, reason }, index) => ({
      label: index === 0 ? 'LEFT OUT' : '',
      text: `${left} and ${right}: ${plainText(reason)}`,
    })),
  ];
}

/** As its flag: `pool-size`. */
function axisText(axis: string): string {
  return axis.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** More names than these are no reading; the JSON has all. */
const NAMES_MAX = 24;

function shortened(ids: readonly string[]): string {
  const more = ids.length - NAMES_MAX;
  const shown = ids.slice(0, NAMES_MAX).join(', ');
  return more > 0 ? `${shown} and ${formatCount(more)} more` : shown;
}

/** Each kind once, of the run and of its pairs, with one of its facts. */
function caveatsOf({ caveats, pairs, best }: RunsComparison): readonly ComparisonCaveat[] {
  const all = [...pairs, ...best.flatMap(({ pair }) => pair ?? [])].flatMap((it) => it.caveats);
  const byCode = Map.groupBy(all, ({ code }) => code);
  return [
    ...[...byCode].flatMap(([code, found]) => {
      const [first] = found;
      if (first === undefined) return [];
      const often = found.length === 1 ? '' : ` (one of ${formatCount(found.length)} comparisons)`;
      return [{ code, detail: `${first.detail}${often}` }];
    }),
    ...caveats,
  ];
}
