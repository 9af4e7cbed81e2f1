import type { ReportLine } from './report-line.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { labelled } from './text-layout.ts';

const LABEL_WIDTH = 14;
/** Tables need the width more than the alignment with the text. */
const TABLE_INDENT = '  ';

/** A paragraph of a report as it is printed. */
export function lineText(
  { label, text, rows = [] }: ReportLine,
  { columns, paint }: TerminalStyle,
): string {
  const first = labelled(paint.bold(label), text, { columns, labelWidth: LABEL_WIDTH });
  return [first, ...rows.map((row) => TABLE_INDENT + row)].join('\n');
}
