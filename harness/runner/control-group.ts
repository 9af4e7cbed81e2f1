import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { systemErrorCode } from '../system-error.ts';

/** How often and how long a control group was out of its CPU quota, since it was made. */
export interface Throttling {
  readonly periods: number;
  /** Added up over CPUs: two of them stopped for 10 ms are 20 ms. */
  readonly stoppedMs: number;
}

/**
 * Throttling of this process's control group and of those above it, innermost first: a quota anywhere
 * above stops the process just as its own does. Groups without a quota controller are left out, as is what
 * lies above a container's own view of the tree.
 *
 * @param procPath where `/proc` is
 */
export function readThrottling(procPath: string): readonly Throttling[] {
  const memberships = readIfThere(join(procPath, 'self/cgroup'));
  const mounts = readIfThere(join(procPath, 'self/mountinfo'));
  if (memberships === null || mounts === null) return [];
  // A hybrid system has both versions; only one of them has the CPU controller.
  for (const hierarchy of hierarchiesOf(mounts)) {
    const group = groupIn(memberships, hierarchy);
    if (group === null) continue;
    const levels = levelsOf(hierarchy, group).flatMap((path) => {
      const throttling = parseThrottling(readIfThere(join(path, 'cpu.stat')) ?? '');
      return throttling === null ? [] : [throttling];
    });
    if (levels.length > 0) return levels;
  }
  return [];
}

/** The file's text; `null` where the system has no such file, or does not let us read it. */
export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (NOT_TOLD.has(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}

/** `EOPNOTSUPP`: the kernel can account for pressure, and was started without it. */
const NOT_TOLD: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENODEV',
  'EACCES',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
]);

interface Hierarchy {
  readonly version: 1 | 2;
  /** The group that is seen at the mount point; not `/` in some containers. */
  readonly root: string;
  readonly mountPoint: string;
}

/** Mounts that may have the CPU controller, by proc_pid_mountinfo(5). */
function hierarchiesOf(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split('\n').flatMap((line): readonly Hierarchy[] => {
    const [mount, filesystem] = line.split(' - ');
    const [, , , root, mountPoint] = (mount ?? '').split(' ');
    const [type, , options] = (filesystem ?? '').split(' ');
    if (root === undefined || mountPoint === undefined) return [];
    const place = { root: unescaped(root), mountPoint: unescaped(mountPoint) };
    if (type === 'cgroup2') return [{ version: 2, ...place }];
    const isCpu = type === 'cgroup' && (options ?? '').split(',').includes('cpu');
    return isCpu ? [{ version: 1, ...place }] : [];
  });
}

/** Path of this process's group by cgroups(7): `0::/path`, or `4:cpu,cpuacct:/path` in version 1. */
function groupIn(memberships: string, { version }: Hierarchy): string | null {
  for (const line of memberships.split('\n')) {
    const [id, controllers, ...path] = line.split(':');
    const isMember =
      version === 2
        ? id === '0' && controllers === ''
        : (controllers ?? '').split(',').includes('cpu');
    if (isMember) return path.join(':');
  }
  return null;
}

/** Directories from the group up to the mount point. */
function levelsOf({ root, mountPoint }: Hierarchy, group: string): readonly string[] {
  const below = posix.relative(root, group);
  // A group outside of what is mounted here: the mount point itself is what is known of it.
  const parts = below.startsWith('..') ? [] : below.split('/').filter((part) => part !== '');
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    join(mountPoint, ...parts.slice(0, parts.length - up)),
  );
}

function parseThrottling(cpuStat: string): Throttling | null {
  const values = new Map(
    cpuStat.split('\n').map((line) => {
      const [key, value] = line.split(' ');
      return [key, Number(value)];
    }),
  );
  const periods = values.get('nr_throttled');
  const us = values.get('throttled_usec');
  const ns = values.get('throttled_time');
  if (periods === undefined || (us === undefined && ns === undefined)) return null;
  return { periods, stoppedMs: us === undefined ? (ns ?? 0) / 1e6 : us / 1e3 };
}

/** The kernel writes blanks in paths as `\040`. */
function unescaped(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
