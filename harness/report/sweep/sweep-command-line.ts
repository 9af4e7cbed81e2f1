import { DATABASE_OPTIONS } from '../../plan/database-options.ts';
import { serviceStartOf } from '../../plan/service-start.ts';
import { SWEEP_PLAN_OPTIONS } from '../../plan/sweep/sweep-options.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { shellWord } from './shell-word.ts';

const SWITCHES: ReadonlySet<string> = new Set(
  Object.values(SWEEP_PLAN_OPTIONS)
    .filter(({ parser }) => parser.placeholder === null)
    .map(({ flag }) => flag),
);

/**
 * The command that measures the same plan, for a POSIX shell. `--config none`: a file that happens to be
 * where it is pasted must not add to it. Requests that no flag could say are in a file, which is named then.
 */
export function sweepCommandLine({ settings }: Pick<SweepPlan, 'settings'>): string {
  const words = Object.entries(settings).flatMap(([flag, texts]) =>
    // No switch is on by default: where one is a setting, it is on.
    SWITCHES.has(flag) ? [`--${flag}`] : texts.map((text) => wordsOf(flag, text)),
  );
  const file = Object.hasOwn(settings, 'config') ? [] : ['--config none'];
  return ['pool-lab sweep', ...file, ...words].join(' ');
}

/** What a sweep on a PostgreSQL that runs already is gone on with; empty for one on the lab's own. */
export function databaseFlags({ settings }: Pick<SweepPlan, 'settings'>): string {
  return Object.values(DATABASE_OPTIONS)
    .flatMap(({ flag }) => (settings[flag] ?? []).map((text) => ` ${wordsOf(flag, text)}`))
    .join('');
}

/** The program that is to be named once more by whoever goes on with a sweep that starts one; else empty. */
export function serviceFlags({ base }: Pick<SweepPlan, 'base'>): string {
  return (serviceStartOf(base.service) ?? [])
    .map(([flag, text]) => (SWITCHES.has(flag) ? ` --${flag}` : ` ${wordsOf(flag, text)}`))
    .join('');
}

/**
 * A value that begins like a flag stands behind `=`, where it cannot be taken for one. The flag is quoted
 * like any text: a run directory that somebody sent must not put words into a command to paste.
 */
function wordsOf(flag: string, text: string): string {
  return text.startsWith('-')
    ? shellWord(`--${flag}=${text}`)
    : `${shellWord(`--${flag}`)} ${shellWord(text)}`;
}
