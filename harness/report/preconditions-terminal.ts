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

/** What the lab can do without. */
interface OptionalProgram {
  readonly name: string;
  readonly found: boolean;
  readonly detail: string;
  /** How to get it, where it is missing. */
  readonly remedy: string;
}

/** Whether the lab can run here, then each reason why not with its remedy, then what it could use. */
export function preconditionsTerminal(
  found: {
    readonly preconditions: readonly CheckedPrecondition[];
    readonly optional: readonly OptionalProgram[];
  },
  { columns, paint }: TerminalStyle,
): string {
  const { preconditions: checked, optional } = found;
  const failed = checked.filter(({ ok }) => !ok).length;
  const first =
    failed === 0
      ? paint.green(`READY: ${checked.length} of ${plural(checked.length, 'precondition')} met`)
      : paint.red(`NOT READY: ${failed} of ${plural(checked.length, 'precondition')} not met`);
  const labelWidth = 4 + Math.max(...[...checked, ...optional].map(({ name }) => name.length));
  const line = (mark: string, { name, detail, remedy }: Omit<CheckedPrecondition, 'ok'>) => [
    labelled(`${mark} ${name}`, detail, { columns, labelWidth }),
    ...(remedy === '' ? [] : [`  → ${wrap(remedy, { columns: columns - 4, indent: 4 })}`]),
  ];
  return `${[
    first,
    '',
    ...checked.flatMap((it) => line(it.ok ? paint.green('✓') : paint.red('✗'), it)),
    // Neither ✓ nor ✗ where it is missing: the lab runs without it.
    ...optional.flatMap((it) => line(it.found ? paint.green('✓') : paint.dim('–'), it)),
  ].join('\n')}\n`;
}
