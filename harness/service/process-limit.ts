import { spawnSync } from 'node:child_process';
import { readOf } from './process-scan.ts';

/**
 * What a process may keep in POSIX message queues goes on to all its descendants, whatever they do to their session,
 * their parent or their environment, and next to nobody sets it: one that is somewhat lower than usual, and everywhere
 * different, tells whose descendant a process is. Bytes.
 */
const LIMIT = { highest: 800_000, values: 2 ** 18 } as const;
/** It takes some milliseconds. */
const SET_DEADLINE_MS = 2_000;
const SYSTEM_PATH = '/usr/bin:/bin:/usr/sbin:/sbin';

/** The one of a marker. */
export function limitOf(marker: string): number {
  return LIMIT.highest - (Number.parseInt(marker.slice(0, 8), 16) % LIMIT.values);
}

/**
 * Gives a process that began just now its limit, by `prlimit` of util-linux. `false`: that is not there, or was refused.
 */
export function giveLimit(pid: number, limit: number): boolean {
  if (process.platform !== 'linux') return false;
  const { status } = spawnSync('prlimit', ['--pid', String(pid), `--msgqueue=${limit}:`], {
    env: { PATH: SYSTEM_PATH },
    stdio: 'ignore',
    timeout: SET_DEADLINE_MS,
  });
  return status === 0;
}

/** `false` where nobody may look. */
export function hasLimit(pid: number, limit: number): boolean {
  const soft = readOf(pid, 'limits')?.match(/^Max msgqueue size +(\d+) /m)?.[1];
  return soft === String(limit);
}
