import type { CostResult } from '../../analysis/cost/cost-result.ts';
import { lineText } from '../line-text.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { costHeadline } from './cost-headline.ts';
import { costLines } from './cost-lines.ts';

/** The answer first; then where it comes from; then what people say, and what of all this carries over. */
export function costTerminal(result: CostResult, style: TerminalStyle): string {
  const answer = wrap(costHeadline(result), { columns: style.columns, indent: 2 });
  return `${[
    style.paint.bold(answer.charAt(0).toUpperCase() + answer.slice(1)),
    costLines(result, style.columns)
      .map((line) => lineText(line, style))
      .join('\n'),
  ].join('\n\n')}\n`;
}
