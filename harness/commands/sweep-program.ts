import { LabError } from '../lab-error.ts';
import { serviceStartOf } from '../plan/service-start.ts';
import { commandText } from '../report/sweep/plain-text.ts';
import { shellWord } from '../report/sweep/shell-word.ts';
import { databaseFlags, serviceFlags } from '../report/sweep/sweep-command-line.ts';
import type { AskedSweep } from './sweep-asked.ts';
import type { OpenRun } from './sweep-run.ts';

/**
 * A run directory may come from somebody else, and a service in it is a program that would be started: whoever goes on
 * with it says once more which. Where a whole plan was given again it was compared already.
 *
 * @throws LabError RESUME_REFUSED
 */
export function requireSameProgram(
  { directory, plan }: Pick<OpenRun, 'directory' | 'plan'>,
  asked: AskedSweep,
): void {
  if (asked.kind === 'new' || asked.plan !== null) return;
  const there = serviceStartOf(plan.base.service);
  const here = asked.program;
  if (JSON.stringify(there) === JSON.stringify(here)) return;
  if (there === null) {
    throw new LabError('RESUME_REFUSED', {
      message: `${directory} measures the lab's own API, and starts no program`,
      hint: 'leave --command out, or begin a new run with --out',
    });
  }
  const goOn = `npx pool-lab sweep --resume ${shellWord(directory)}${serviceFlags(plan)}${databaseFlags(plan)}`;
  throw new LabError('RESUME_REFUSED', {
    message:
      here === null
        ? `${directory} starts a program for each trial, which is started only where it is given once more`
        : `${directory} starts another program than the one that was given`,
    hint: `read what it is, and go on with: ${commandText(goOn)}`,
  });
}
