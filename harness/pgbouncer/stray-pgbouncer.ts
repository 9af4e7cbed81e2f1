import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { listProcesses, type ProcessEntry, signalProcess } from '../process-table.ts';

/** What it is started with, in a directory of the lab's. */
export const PGBOUNCER_INI = 'pgbouncer.ini';

const POLL_MS = 5;
const KILLED_DEADLINE_MS = 2_000;

/** A PgBouncer that was started with the configuration in this directory, known by its command line alone. */
export function findPgbouncer(directory: string): ProcessEntry | null {
  return listProcesses().find(({ command }) => isStartedIn(directory, command)) ?? null;
}

/** Who only reads that file, such as an editor, is another program. */
function isStartedIn(directory: string, command: string): boolean {
  const argument = ` ${join(directory, PGBOUNCER_INI)}`;
  return command.endsWith(argument) && basename(command.slice(0, -argument.length)) === 'pgbouncer';
}

/**
 * For one that nobody supervises any more: it would keep its connections to PostgreSQL.
 *
 * @throws Error where it survives
 */
export async function endStrayPgbouncer(directory: string): Promise<void> {
  const giveUpAtMs = performance.now() + KILLED_DEADLINE_MS;
  for (;;) {
    const found = findPgbouncer(directory);
    if (found === null) return;
    signalProcess(found, 'SIGKILL');
    if (performance.now() > giveUpAtMs) {
      throw new Error(`the PgBouncer of ${directory} survives SIGKILL`);
    }
    await delay(POLL_MS);
  }
}
