import type { CellsComparison, Difference } from '../../analysis/comparison/comparison-result.ts';
import type { Environment } from '../../analysis/trial-machine.ts';
import { carriesOverLines, type Network } from '../carries-over-lines.ts';
import { lineText } from '../line-text.ts';
import type { ReportLine } from '../report-line.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { caveatLines } from './caveat-lines.ts';
import { differenceText } from './fact-words.ts';
import { sweepLoadText } from './load-words.ts';
import { pairHeadline } from './pair-headline.ts';
import { comparedLines, resultLines } from './pair-lines.ts';

/** Two cells: the answer in one sentence, what it rests on, and what stands against it. */
export function comparisonTerminal(
  comparison: CellsComparison,
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
  const { pair } = comparison;
  const blocks: readonly (readonly ReportLine[])[] = [
    [
      ...comparedLines(pair),
      { label: 'LOAD', text: sweepLoadText(pair.left.workload, pair.left.load) },
    ],
    resultLines(pair),
    caveatLines(pair.caveats),
    carriesOverLines(environment, between),
  ];
  return `${[
    ...forcedBanner(comparison, style),
    wrap(style.paint.bold(pairHeadline(pair)), { columns: style.columns, indent: 2 }),
    ...blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => lineText(line, style)).join('\n')),
  ].join('\n\n')}\n`;
}

/** On top of everything else: what follows may be the doing of something that nobody meant to compare. */
export function forcedBanner(
  { forced, undeclared }: { readonly forced: boolean; readonly undeclared: readonly Difference[] },
  { columns, paint }: TerminalStyle,
): readonly string[] {
  if (!forced || undeclared.length === 0) return [];
  const text = `NOT COMPARABLE, compared by force: ${undeclared.map(differenceText).join(', ')}. What is found below may come from these.`;
  return [paint.red(wrap(text, { columns, indent: 2 }))];
}
