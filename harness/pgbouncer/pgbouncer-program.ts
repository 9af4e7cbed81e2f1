import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { LabError } from '../lab-error.ts';
import type { Pooler } from '../plan/pooler.ts';
import { findProgram } from '../program-search.ts';
import { describeError } from '../system-error.ts';

export interface PgbouncerProgram {
  readonly path: string;
  /** e.g. `1.18.0` */
  readonly version: string;
}

export type PgbouncerSearch =
  | { readonly state: 'found'; readonly program: PgbouncerProgram }
  | { readonly state: 'missing'; readonly reason: string };

const NAME = 'pgbouncer';
/** Debian installs it where only root's PATH looks, Homebrew and ports where a bare PATH does not. */
const FURTHER_DIRECTORIES = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin'];
/** A first start from a cold disk. */
const VERSION_DEADLINE_MS = 10_000;

/** How to come by one, for whoever has none. */
export const PGBOUNCER_REMEDY =
  'Install it: `apt-get install pgbouncer` on Debian and Ubuntu (`systemctl disable --now pgbouncer` if its service ' +
  'is not wanted), `brew install pgbouncer` on macOS; no configuration of it is read.';

/** Asked for its version. Never rejects. */
export async function locatePgbouncer(
  env: Readonly<Record<string, string | undefined>>,
  further: readonly string[] = FURTHER_DIRECTORIES,
): Promise<PgbouncerSearch> {
  const path = findProgram(NAME, [env['PATH'] ?? '', ...further].join(delimiter));
  if (path === undefined) {
    const places = further.length === 0 ? '' : `, nor in ${further.join(', ')}`;
    return { state: 'missing', reason: `no \`pgbouncer\` on PATH${places}` };
  }
  try {
    const { stdout } = await promisify(execFile)(path, ['--version'], {
      env: { PATH: env['PATH'] },
      timeout: VERSION_DEADLINE_MS,
    });
    const version = /^PgBouncer (?:version )?(\d+\.\d+(?:\.\d+)?)/im.exec(stdout)?.[1];
    return version === undefined
      ? { state: 'missing', reason: `${path} is no PgBouncer: it does not tell its version` }
      : { state: 'found', program: { path, version } };
  } catch (error) {
    return { state: 'missing', reason: `${path} does not run: ${describeError(error)}` };
  }
}

/** @throws LabError PGBOUNCER_MISSING */
export async function requirePgbouncer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<PgbouncerProgram> {
  const search = await locatePgbouncer(env);
  if (search.state === 'found') return search.program;
  throw new LabError('PGBOUNCER_MISSING', {
    message: `there is no PgBouncer to start: ${search.reason}`,
    hint: PGBOUNCER_REMEDY,
  });
}

/**
 * Before anything is started: what a plan's pooler needs.
 *
 * @throws LabError PGBOUNCER_MISSING
 */
export async function requirePoolerProgram(
  pooler: Pooler | null,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  if (pooler !== null) await requirePgbouncer(env);
}

/** Whether a version has what came with another, e.g. `isAtLeast('1.18.0', '1.21')`. */
export function isAtLeast(version: string, other: string): boolean {
  const [numbers, others] = [version, other].map((it) => it.split('.').map(Number));
  for (const [index, wanted] of (others ?? []).entries()) {
    const number = numbers?.[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}
