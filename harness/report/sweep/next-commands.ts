import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { shellWord } from './shell-word.ts';

/** A command to paste, and what it shows. */
export interface NextCommand {
  readonly label: string;
  readonly shows: string;
  readonly line: string;
}

/** What is missing first, then the other reports of the same run. */
export function nextCommands(
  { trials }: Pick<SweepResult, 'trials'>,
  directory: string,
): readonly NextCommand[] {
  const run = shellWord(directory);
  return [
    ...(trials.measured < trials.planned
      ? [
          {
            label: 'GO ON',
            shows: 'measures what is missing or failed:',
            line: `npx pool-lab sweep --resume ${run}`,
          },
        ]
      : []),
    {
      label: 'NEXT',
      shows: 'every cell with its curves, as one file to open or to send:',
      line: `npx pool-lab report ${run} --format html`,
    },
  ];
}
