import { formatBytes, formatCount, plural } from './format.ts';
import type { TerminalStyle } from './terminal-style.ts';
import { table } from './text-layout.ts';

/** Something of the lab's on this machine that is not part of its installation. */
interface FoundLeftover {
  readonly kind: 'cache' | 'orphan' | 'in use';
  readonly path: string;
  readonly bytes: number;
  readonly pid?: number | null;
}

/** What was removed, or would be, with sizes; and what is kept because a lab runs. */
export function leftoversTerminal(
  found: {
    /** Where was looked. */
    readonly directory: string;
    readonly dryRun: boolean;
    readonly removed: readonly FoundLeftover[];
    readonly kept: readonly FoundLeftover[];
  },
  { paint }: TerminalStyle,
): string {
  const { directory, dryRun, removed, kept } = found;
  const freed = formatBytes(removed.reduce((sum, { bytes }) => sum + bytes, 0));
  const what = plural(removed.length, 'directory', 'directories');
  const first =
    removed.length === 0
      ? `NOTHING TO REMOVE in ${directory}${kept.length === 0 ? '' : `: ${formatCount(kept.length)} in use`}`
      : dryRun
        ? `WOULD REMOVE ${what}, ${freed}; without --dry-run they go`
        : `REMOVED ${what}, ${freed} freed`;
  const row = (mark: string, entry: FoundLeftover): readonly string[] => [
    mark,
    formatBytes(entry.bytes),
    kindText(entry),
    entry.path,
  ];
  const mark = dryRun ? '·' : paint.green('✓');
  const rows = table(
    [...removed.map((entry) => row(mark, entry)), ...kept.map((entry) => row('kept', entry))],
    ['left', 'right', 'left', 'left'],
  );
  return `${[first, ...(rows.length === 0 ? [] : ['']), ...rows].join('\n')}\n`;
}

function kindText({ kind, pid }: FoundLeftover): string {
  const known = pid !== undefined && pid !== null;
  switch (kind) {
    case 'cache':
      return 'cache, made again at the next start';
    case 'orphan':
      return known
        ? `left by a killed lab, its server (pid ${pid}) running`
        : 'left by a killed lab';
    case 'in use':
      return known ? `in use by a lab (pid ${pid})` : 'in use by a lab that is starting';
  }
}
