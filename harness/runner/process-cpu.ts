import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../system-error.ts';

/** Linux counts in hundredths of a second for user space, on every architecture Node runs on. */
const MS_PER_TICK = 10;
/** A child that ends during the walk would be counted twice or not at all; then walk again. */
const WALKS_MAX = 5;

/**
 * CPU time a process and its descendants have used so far, in ms, user and system, with that of
 * descendants that ended and were waited for (PostgreSQL's sessions come and go). The difference of
 * two readings is what a window used, to 10 ms per process. Grandchildren whose parent died are lost.
 *
 * @returns `null` where it cannot be measured: not on Linux, or no such process
 */
export function readTreeCpuMs(rootPid: number, procPath = '/proc'): number | null {
  const [cpuMs] = readTreesCpuMs([rootPid], procPath);
  return cpuMs ?? null;
}

/** The same of several trees, in their order, by one walk over the machine's processes. */
export function readTreesCpuMs(
  rootPids: readonly number[],
  procPath = '/proc',
): readonly (number | null)[] {
  if (process.platform !== 'linux') return rootPids.map(() => null);
  let totalsMs: readonly (number | null)[] = [];
  for (let walk = 0; walk < WALKS_MAX; walk += 1) {
    const before = waitedForTicks(procPath, rootPids);
    const table = readProcessTable(procPath);
    totalsMs = rootPids.map((rootPid, index) => {
      // One that has ended since an earlier walk keeps what that walk found.
      if (!table.stats.has(rootPid)) return totalsMs[index] ?? null;
      return sumTree(table, rootPid) * MS_PER_TICK;
    });
    const after = waitedForTicks(procPath, rootPids);
    if (before.every((ticks, index) => ticks === after[index])) break;
  }
  return totalsMs;
}

interface Stat {
  readonly parentPid: number;
  readonly ownTicks: number;
  /** Of children that ended and were waited for, with theirs. */
  readonly waitedForTicks: number;
}

interface ProcessTable {
  readonly stats: ReadonlyMap<number, Stat>;
  /** By their parent. */
  readonly children: ReadonlyMap<number, readonly number[]>;
}

function waitedForTicks(
  procPath: string,
  pids: readonly number[],
): readonly (number | undefined)[] {
  return pids.map((pid) => readStat(procPath, pid)?.waitedForTicks);
}

function readProcessTable(procPath: string): ProcessTable {
  const stats = new Map<number, Stat>();
  const children = new Map<number, number[]>();
  for (const name of readdirSync(procPath)) {
    const pid = Number(name);
    const stat = Number.isInteger(pid) ? readStat(procPath, pid) : null;
    if (stat === null) continue;
    stats.set(pid, stat);
    children.set(stat.parentPid, [...(children.get(stat.parentPid) ?? []), pid]);
  }
  return { stats, children };
}

function sumTree({ stats, children }: ProcessTable, rootPid: number): number {
  let ticks = 0;
  const open = [rootPid];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const stat = stats.get(pid);
    if (stat !== undefined) ticks += stat.ownTicks + stat.waitedForTicks;
    open.push(...(children.get(pid) ?? []));
  }
  return ticks;
}

/** Fields 4 and 14 to 17 of proc_pid_stat(5); the name in parentheses may hold anything. */
function readStat(procPath: string, pid: number): Stat | null {
  let text: string;
  try {
    text = readFileSync(join(procPath, String(pid), 'stat'), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [parentPid, user, system] = [fields[1], fields[11], fields[12]];
  const [userWaited, systemWaited] = [fields[13], fields[14]];
  if (parentPid === undefined || user === undefined || system === undefined) return null;
  if (userWaited === undefined || systemWaited === undefined) return null;
  return { parentPid, ownTicks: user + system, waitedForTicks: userWaited + systemWaited };
}
