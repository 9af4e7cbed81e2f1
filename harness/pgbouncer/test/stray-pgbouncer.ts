import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { RUN_PREFIX } from '../../postgres/run-directory.ts';

/** The directory of a lab that was killed, and in it what has the command line of its PgBouncer. */
export function startStrayPgbouncer(runsPath: string): {
  readonly directory: string;
  readonly child: ChildProcess;
} {
  const directory = mkdtempSync(join(runsPath, RUN_PREFIX));
  const lock = { pid: 2 ** 22 + 1, startToken: '1' };
  writeFileSync(join(directory, 'lock.json'), JSON.stringify(lock));
  const ini = join(directory, 'pgbouncer.ini');
  // A shell that waits for input which never comes.
  writeFileSync(ini, 'read line\n');
  const child = spawn('/bin/sh', [ini], { argv0: '/usr/sbin/pgbouncer', stdio: 'pipe' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { directory, child };
}
