import { plural } from './format.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { labelled, wrap } from './text-layout.ts';

/** One thing the lab needs from the machine. */
interface CheckedPrecondition {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do about it, where it is not met. */
  readonly remedy: string;
}

/** Whether the lab can run here, then each reason why not with its remedy. */
export function preconditionsTerminal(
  checked: readonly CheckedPrecondition[],
  { columns, paint }: TerminalStyle,
): string {
  const failed = checked.filter(({ ok }) => !ok).length;
  const first =
    failed === 0
      ? paint.green(`READY: ${checked.length} of ${plural(checked.length, 'precondition')} met`)
      : paint.red(`NOT READY: ${failed} of ${plural(checked.length, 'precondition')} not met`);
  const labelWidth = 4 + Math.max(...checked.map(({ name }) => name.length));
  const lines = checked.flatMap(({ name, ok, detail, remedy }) => {
    const mark = ok ? paint.green('✓') : paint.red('✗');
    return [
      labelled(`${mark} ${name}`, detail, { columns, labelWidth }),
      ...(ok || remedy === '' ? [] : [`  → ${wrap(remedy, { columns: columns - 4, indent: 4 })}`]),
    ];
  });
  return `${[first, '', ...lines].join('\n')}\n`;
}
