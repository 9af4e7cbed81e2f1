import { LabError } from '../lab-error.ts';
import type { Problem } from './option-table.ts';

/** All problems in one error: each with its field, its value, where it came from and the remedy. */
export function problemError(problems: readonly Problem[], command: string): LabError {
  const [first, ...others] = problems;
  if (first !== undefined && others.length === 0) {
    return new LabError('CONFIG_INVALID', { message: sentence(first), hint: first.remedy });
  }
  const lines = problems.map((problem) => `  ${sentence(problem)}: ${problem.remedy}`);
  return new LabError('CONFIG_INVALID', {
    message: [`${problems.length} settings cannot be used`, ...lines].join('\n'),
    hint: `every setting with its values: pool-lab ${command} --help`,
  });
}

function sentence({ field, value, source, problem }: Problem): string {
  // Of a file as a whole, at a place in it.
  if (value === '' && source.startsWith(`${field}:`)) return `${source} ${problem}`;
  const origin = source === field ? '' : ` (from ${source})`;
  return `${field} ${JSON.stringify(shortened(value))}${origin} ${problem}`;
}

/** Enough to see what was meant; a file may hold anything. */
const SHOWN_CHARACTERS_MAX = 120;

function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_CHARACTERS_MAX)}…`;
}
