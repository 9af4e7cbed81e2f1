import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { lineText } from './line-text.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { wrap } from './text-layout.ts';
import { trialBudgetLines } from './trial-budget-lines.ts';
import { trialHeadline } from './trial-headline.ts';
import { trialLatencyLines } from './trial-latency-lines.ts';
import { trialLoadLines } from './trial-load-lines.ts';
import { trialMachineLines } from './trial-machine-lines.ts';
import { trialPoolerLines } from './trial-pooler-lines.ts';
import { trialServiceLines, trialServiceSeenLines } from './trial-service-lines.ts';
import { trialShapeLines } from './trial-shape-lines.ts';
import { thresholdText } from './trial-threshold-lines.ts';
import { trialTimeLines } from './trial-time-lines.ts';
import { trialTrustLines } from './trial-trust-lines.ts';

/**
 * One trial: the thresholds, if any, and the answer, then predicted beside observed, what the requests
 * met, where the time went, and what all this is worth.
 */
export function trialTerminal(trial: MeasuredTrial, style: TerminalStyle): string {
  const { columns, paint } = style;
  const headline = trialHeadline(trial);
  const shown = wrap(headline.text, { columns, indent: 2 });
  const thresholds = thresholdText([trial], style);
  const blocks = [
    [...trialServiceLines(trial), ...trialBudgetLines(trial, paint)],
    trialServiceSeenLines(trial),
    [
      ...trialLoadLines(trial, paint),
      ...trialPoolerLines(trial),
      ...trialLatencyLines(trial),
      ...trialTimeLines(trial),
      ...trialMachineLines(trial),
    ],
    trialShapeLines(trial),
    trialTrustLines(trial, paint),
  ];
  return `${[
    ...(thresholds === '' ? [] : [thresholds]),
    headline.good ? paint.green(shown) : paint.red(shown),
    ...blocks
      .filter((lines) => lines.length > 0)
      .map((lines) => lines.map((line) => lineText(line, style)).join('\n')),
  ].join('\n\n')}\n`;
}
