import type { Inspection } from '../../analysis/inspection/judged-inspection.ts';
import { lineText } from '../line-text.ts';
import type { TerminalStyle } from '../terminal-style.ts';
import { wrap } from '../text-layout.ts';
import { thresholdText } from '../trial-threshold-lines.ts';
import { causeAdvice } from './cause-advice.ts';
import { causeSummary } from './cause-summary.ts';
import { inspectionLines } from './inspection-lines.ts';
import { inspectionVerdict } from './inspection-verdict.ts';

/** Thresholds, if any, the answer and the next step; then every further cause; then what was seen. */
export function inspectionTerminal(inspection: Inspection, style: TerminalStyle): string {
  const { observation, causes, thresholds } = inspection;
  const { columns, paint } = style;
  const asked = thresholdText([{ thresholds: [...thresholds] }], style);
  const { text, good } = inspectionVerdict(observation, causes);
  const verdict = wrap(text, { columns, indent: 2 });
  return `${[
    ...(asked === '' ? [] : [asked]),
    good ? paint.green(verdict) : paint.red(verdict),
    ...causeBlocks(inspection, style),
    inspectionLines(observation)
      .map((line) => lineText(line, style))
      .join('\n'),
  ].join('\n\n')}\n`;
}

function causeBlocks({ observation, causes }: Inspection, style: TerminalStyle): readonly string[] {
  const lines = causes.map((cause, index) => {
    const doubt = cause.certainty === 'certain' ? '' : ` (${cause.certainty})`;
    const advice = {
      label: index === 0 ? 'NEXT' : '',
      text: `→ ${causeAdvice(cause, observation)}`,
    };
    const also = { label: 'ALSO', text: `${causeSummary(cause, observation)}${doubt}` };
    return (index === 0 ? [advice] : [also, advice])
      .map((line) => lineText(line, style))
      .join('\n');
  });
  return lines.length === 0 ? [] : [lines.join('\n')];
}
