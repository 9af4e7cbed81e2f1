import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MemoryReading, ProcessMemory } from '../analysis/cost/memory-per-backend.ts';
import { systemErrorCode } from '../system-error.ts';

const BYTES_PER_KIB = 1_024;

/**
 * The memory of PostgreSQL's processes, now: of those named, and of all of them.
 *
 * @param backends process ids as PostgreSQL has them, which in a container are others than here
 * @returns a sentence where the system does not tell
 */
export function readServerMemory(
  {
    postmasterPid,
    backends,
  }: { readonly postmasterPid: number; readonly backends: ReadonlySet<number> },
  procPath = '/proc',
): MemoryReading | string {
  let members: readonly Member[];
  try {
    members = [
      ...childrenOf(postmasterPid, procPath),
      { pid: postmasterPid, innerPid: postmasterPid },
    ];
  } catch (error) {
    return whyNot(error, procPath);
  }
  const sums = { backends: NOTHING, server: NOTHING };
  let found = 0;
  for (const { pid, innerPid } of members) {
    let memory: ProcessMemory;
    try {
      memory = readProcessMemory(join(procPath, String(pid)));
    } catch (error) {
      const code = systemErrorCode(error);
      // One that ended in between has no memory any more.
      if ((code === 'ENOENT' || code === 'ESRCH') && !backends.has(innerPid)) continue;
      return whyNot(error, procPath);
    }
    sums.server = plus(sums.server, memory);
    if (!backends.has(innerPid) || pid === postmasterPid) continue;
    found += 1;
    sums.backends = plus(sums.backends, memory);
  }
  if (found < backends.size) {
    return `${backends.size - found} of ${backends.size} sessions were not among the processes of ${procPath}`;
  }
  return { backends: found, ...{ ofBackends: sums.backends, ofServer: sums.server } };
}

const NOTHING: ProcessMemory = { pssBytes: 0, rssBytes: 0, privateBytes: 0, pageTableBytes: 0 };

function plus(a: ProcessMemory, b: ProcessMemory): ProcessMemory {
  return {
    pssBytes: a.pssBytes + b.pssBytes,
    rssBytes: a.rssBytes + b.rssBytes,
    privateBytes: a.privateBytes + b.privateBytes,
    pageTableBytes: a.pageTableBytes + b.pageTableBytes,
  };
}

interface Member {
  readonly pid: number;
  /** What the process itself has for its pid: another one in a container. */
  readonly innerPid: number;
}

/** PostgreSQL's processes are the postmaster's children, all of them. */
function childrenOf(parentPid: number, procPath: string): readonly Member[] {
  const members: Member[] = [];
  for (const name of readdirSync(procPath)) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const status = readStatus(join(procPath, name));
    if (status === null || fieldOf(status, 'PPid') !== parentPid) continue;
    members.push({ pid, innerPid: Number(/^NSpid:.*?(\d+)\s*$/m.exec(status)?.[1] ?? pid) });
  }
  return members;
}

function readStatus(path: string): string | null {
  try {
    return readFileSync(join(path, 'status'), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}

/** proc_pid_smaps(5): the sum over the mappings, each page divided by the number of processes that have it. */
function readProcessMemory(path: string): ProcessMemory {
  const rollup = readFileSync(join(path, 'smaps_rollup'), 'utf8');
  const status = readFileSync(join(path, 'status'), 'utf8');
  const bytesOf = (text: string, field: string): number =>
    (fieldOf(text, field) ?? 0) * BYTES_PER_KIB;
  return {
    pssBytes: bytesOf(rollup, 'Pss'),
    rssBytes: bytesOf(rollup, 'Rss'),
    privateBytes: bytesOf(rollup, 'Private_Clean') + bytesOf(rollup, 'Private_Dirty'),
    pageTableBytes: bytesOf(status, 'VmPTE'),
  };
}

/** `Name:   1234 kB`, or without a unit. */
function fieldOf(text: string, field: string): number | null {
  const value = new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1];
  return value === undefined ? null : Number(value);
}

function whyNot(error: unknown, procPath: string): string {
  const code = systemErrorCode(error);
  if (code === undefined) throw error;
  return code === 'EACCES' || code === 'EPERM'
    ? `this account may not read smaps_rollup of PostgreSQL's processes (${code})`
    : `${procPath} of PostgreSQL's processes cannot be read (${code})`;
}
