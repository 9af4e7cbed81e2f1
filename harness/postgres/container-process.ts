import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../system-error.ts';

/**
 * The pid that the engine tells, where it is a process of this machine: on macOS the engine runs in a virtual
 * machine, and a lab that is in a container itself counts others. Control groups are named after containers.
 *
 * @returns `null` where it is not in sight
 */
export function visibleProcess(
  pid: number | null,
  containerId: string,
  procPath = '/proc',
): number | null {
  if (pid === null) return null;
  try {
    const groups = readFileSync(join(procPath, String(pid), 'cgroup'), 'utf8');
    return groups.includes(containerId) ? pid : null;
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
