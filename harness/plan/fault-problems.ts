import { printDatabaseFault } from './database-fault-parser.ts';
import type { DISTANCE_OPTIONS } from './distance-options.ts';
import { measuredMsOf } from './load-model-choice.ts';
import type { LOAD_OPTIONS } from './load-options.ts';
import type { OptionSources, OptionValues, Problem } from './option-table.ts';
import { printDuration } from './value-parser.ts';

type Table = Pick<typeof DISTANCE_OPTIONS, 'dbFault'>;

/** A fault that the measured window is over before. */
export function faultProblems(
  values: OptionValues<Table & typeof LOAD_OPTIONS> & { readonly duration: number },
  sources: OptionSources<Table>,
): readonly Problem[] {
  const windowMs = measuredMsOf(values);
  return values.dbFault
    .filter(({ atMs }) => atMs >= windowMs)
    .map((fault) => ({
      field: '--db-fault',
      value: printDatabaseFault(fault),
      source: sources.dbFault,
      problem: `comes when the measured window of ${printDuration(windowMs)} is over`,
      remedy: `give a time below ${printDuration(windowMs)}, or a longer window`,
    }));
}
