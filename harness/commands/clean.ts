import { EXIT_CODE } from '../exit-code.ts';
import { type Option, readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS } from '../plan/run-options.ts';
import { yesNo } from '../plan/value-parser.ts';
import {
  type Leftover,
  listLeftovers,
  type Removal,
  removeLeftovers,
} from '../postgres/cleanup.ts';
import { leftoversTerminal } from '../report/leftovers-terminal.ts';
import { createPaint } from '../report/paint.ts';
import type { Command } from './command.ts';

const dryRun: Option<boolean> = {
  flag: 'dry-run',
  env: null,
  parser: yesNo(),
  defaultValue: false,
  description: 'list only, remove nothing',
  repeatable: false,
};
const CLEAN_OPTIONS = { dryRun, ...PLACE_OPTIONS, ...OUTPUT_OPTIONS } as const;

/** Removes caches, and what killed labs left; a running lab's files stay. */
export const cleanCommand: Command = {
  name: 'clean',
  summary: 'lists what the lab keeps on disk and what a crash left, and removes it',
  options: CLEAN_OPTIONS,
  examples: [
    { line: 'pool-lab clean --dry-run', shows: 'what there is, with sizes' },
    { line: 'pool-lab clean', shows: 'removes it; a lab that runs keeps its own' },
  ],
  async run(flags, io) {
    const { values, problems } = readOptions(CLEAN_OPTIONS, { flags, env: io.env });
    if (problems.length > 0) throw problemError(problems, 'clean');
    const { directory } = values;
    const found = await listLeftovers(directory);
    const removal = values.dryRun ? planned(found) : await removeLeftovers(found);
    io.stdout.write(
      values.json
        ? `${JSON.stringify({ directory, dryRun: values.dryRun, ...removal }, null, 2)}\n`
        : leftoversTerminal(
            { directory, dryRun: values.dryRun, ...removal },
            { columns: io.stdout.columns, paint: createPaint(io.stdout.color) },
          ),
    );
    return EXIT_CODE.ok;
  },
};

/** What a removal would do now. */
function planned(found: readonly Leftover[]): Removal {
  return {
    removed: found.filter(({ kind }) => kind !== 'in use'),
    kept: found.filter(({ kind }) => kind === 'in use'),
    bytesFreed: 0,
  };
}
