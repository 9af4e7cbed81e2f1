import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { commandText } from './plain-text.ts';
import { shellWord } from './shell-word.ts';
import { databaseFlags, serviceFlags, sweepCommandLine } from './sweep-command-line.ts';

/** A command to paste, and what it shows. */
export interface NextCommand {
  readonly label: string;
  readonly shows: string;
  readonly line: string;
}

/** What is missing first, then the other reports of the same run, then the same sweep again. */
export function nextCommands(
  { trials, plan }: Pick<SweepResult, 'trials' | 'plan'>,
  directory: string,
): readonly NextCommand[] {
  const run = shellWord(directory);
  const commands: readonly NextCommand[] = [
    ...(trials.measured < trials.planned
      ? [
          {
            label: 'GO ON',
            shows: 'measures what is missing or failed:',
            line: `npx pool-lab sweep --resume ${run}${serviceFlags(plan)}${databaseFlags(plan)}`,
          },
        ]
      : []),
    {
      label: 'NEXT',
      shows: 'every cell with its curves, as one file to open or to send:',
      line: `npx pool-lab report ${run} --format html`,
    },
    {
      label: 'AGAIN',
      shows: 'the same plan, measured anew:',
      line: `npx ${sweepCommandLine(plan)}`,
    },
  ];
  return commands.map((command) => ({ ...command, line: commandText(command.line) }));
}
