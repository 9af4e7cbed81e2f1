import type { MeasuredTrial, ThresholdResult } from '../analysis/trial-result.ts';
import { formatCount, plural } from './format.ts';
import type { Paint } from './paint.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { labelled, visibleLength, wrap } from './text-layout.ts';

/** Wider than this, the numbers would have too little room beside the expressions. */
const EXPRESSION_WIDTH_MAX = 40;

/**
 * What was asked for, ✓ or ✗, each with both numbers; empty where nothing was asked for. Of several
 * rounds every one must meet it, and the first that does not is shown.
 */
export function thresholdText(
  trials: readonly Pick<MeasuredTrial, 'thresholds'>[],
  { columns, paint }: TerminalStyle,
): string {
  const [first] = trials;
  const lines = (first?.thresholds ?? []).map((_, index) =>
    lineOf(
      trials.flatMap(({ thresholds }) => thresholds[index] ?? []),
      paint,
    ),
  );
  const width = Math.max(0, ...lines.map(({ label }) => visibleLength(label)));
  return lines
    .map(({ label, text }) =>
      width <= EXPRESSION_WIDTH_MAX
        ? labelled(label, text, { columns, labelWidth: width + 2 })
        : wrap(`${label}: ${text}`, { columns, indent: 2 }),
    )
    .join('\n');
}

function lineOf(
  results: readonly ThresholdResult[],
  paint: Paint,
): { readonly label: string; readonly text: string } {
  const missed = results.filter(({ met }) => !met);
  const shown = missed[0] ?? results[0];
  const mark = missed.length === 0 ? paint.green('✓') : paint.red('✗');
  const all = plural(results.length, 'round');
  const rounds =
    results.length === 1
      ? ''
      : missed.length === 0
        ? `in all of ${all}, e.g. `
        : `not in ${formatCount(missed.length)} of ${all}, e.g. `;
  return {
    label: `${mark} ${shown?.expression ?? ''}`,
    text: `${rounds}${shown?.detail ?? ''}`,
  };
}
