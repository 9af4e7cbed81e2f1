import { existsSync, lstatSync } from 'node:fs';
import { lstat, readdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { endStrayPgbouncer, findPgbouncer } from '../pgbouncer/stray-pgbouncer.ts';
import type { ProcessIdentity } from '../process-table.ts';
import { systemErrorCode } from '../system-error.ts';
import { LAB_DIRECTORY_PARENT, type LabDirectory, openLabDirectory } from './lab-directory.ts';
import { endServer, QUICK_END, serverProcesses } from './postmaster-end.ts';
import { UNFINISHED_PREFIX } from './published-directory.ts';
import { RUN_PREFIX, runOwner } from './run-directory.ts';
import { removeTree } from './tree-removal.ts';

/** Something of the lab's on this machine that is not part of its installation. */
export type Leftover =
  /** Binaries, templates, spare files; the next start makes them again, in a second or two. */
  | { readonly kind: 'cache'; readonly path: string; readonly bytes: number }
  /** A killed lab's: data, or something half made. `pid`: a server that still runs in it. */
  | {
      readonly kind: 'orphan';
      readonly path: string;
      readonly bytes: number;
      readonly pid: number | null;
    }
  /** Belongs to the living lab with this pid; `null`: to one that is starting right now. */
  | {
      readonly kind: 'in use';
      readonly path: string;
      readonly bytes: number;
      readonly pid: number | null;
    };

/**
 * A directory without a lock this young is being made: the lock follows within milliseconds, or its
 * maker was killed in between.
 */
const UNLOCKED_GRACE_MS = 10_000;

/** @throws LabError DIRECTORY_UNUSABLE when the lab's directory is somebody else's */
export async function listLeftovers(parent: string = LAB_DIRECTORY_PARENT): Promise<Leftover[]> {
  const lab = existingLabDirectory(parent);
  if (lab === null) return [];
  const runs = await Promise.all(
    (await pathsIn(lab.runsPath, RUN_PREFIX)).map((path) => describeRun(path)),
  );
  // A lab that runs may use any of them: it locks its run before it looks for a cache.
  const user = runs.find((run) => run.kind === 'in use') ?? null;
  const caches = [...(await pathsIn(lab.cachePath, '')), lab.sparesPath].map(
    async (path): Promise<Leftover> => {
      const bytes = await treeBytes(path);
      if (user !== null) return { kind: 'in use', path, bytes, pid: user.pid };
      if (basename(path).startsWith(UNFINISHED_PREFIX)) {
        return { kind: 'orphan', path, bytes, pid: null };
      }
      return { kind: 'cache', path, bytes };
    },
  );
  return [...(await Promise.all(caches)), ...runs];
}

export interface Removal {
  readonly removed: readonly Leftover[];
  /** In use, or taken into use since they were listed. */
  readonly kept: readonly Leftover[];
  readonly bytesFreed: number;
}

/** Removes what is not in use, servers that nobody supervises first. */
export async function removeLeftovers(entries: readonly Leftover[]): Promise<Removal> {
  const removed: Leftover[] = [];
  const kept: Leftover[] = [];
  for (const entry of entries) {
    const gone = entry.kind !== 'in use' && (await removeOne(entry));
    (gone ? removed : kept).push(entry);
  }
  return { removed, kept, bytesFreed: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

async function removeOne(entry: Exclude<Leftover, { kind: 'in use' }>): Promise<boolean> {
  if (basename(dirname(entry.path)) === 'runs') {
    // Looked at again: time has passed since the list was made.
    if (runUser(entry.path) !== 'nobody') return false;
    const dataPath = join(entry.path, 'data');
    await endServer(dataPath, postmasterOf(dataPath), QUICK_END);
    await endStrayPgbouncer(entry.path);
    await removeTree(entry.path, null);
    return true;
  }
  return removeCache(entry.path);
}

/**
 * A lab locks its run first and then looks for a cache; here the cache is moved away first and then
 * the locks are looked at. Whichever comes first, a lab finds its cache whole or makes another.
 */
async function removeCache(path: string): Promise<boolean> {
  if (!existsSync(path)) return true;
  const above = dirname(path);
  const labPath = basename(above) === 'cache' ? dirname(above) : above;
  const hidden = join(labPath, 'cache', `${UNFINISHED_PREFIX}${process.pid}-${basename(path)}`);
  await rename(path, hidden);
  const runs = await pathsIn(join(labPath, 'runs'), RUN_PREFIX);
  if (runs.some((run) => runUser(run) !== 'nobody')) {
    try {
      await rename(hidden, path);
      return false;
    } catch (error) {
      // The new lab made its own in the meantime; this one is nobody's.
      if (!['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
    }
  }
  await removeTree(hidden, null);
  return true;
}

async function describeRun(path: string): Promise<Exclude<Leftover, { kind: 'cache' }>> {
  const bytes = await treeBytes(path);
  const user = runUser(path);
  if (user === 'nobody') {
    const server = postmasterOf(join(path, 'data')) ?? findPgbouncer(path);
    return { kind: 'orphan', path, bytes, pid: server?.pid ?? null };
  }
  return { kind: 'in use', path, bytes, pid: user === 'starting' ? null : user.pid };
}

function runUser(path: string): ProcessIdentity | 'starting' | 'nobody' {
  const owner = runOwner(path);
  if (owner !== 'unlocked') return owner ?? 'nobody';
  const ageMs = Date.now() - lstatSync(path).mtimeMs;
  return ageMs < UNLOCKED_GRACE_MS ? 'starting' : 'nobody';
}

/** The server process with no parent among the cluster's own. */
function postmasterOf(dataPath: string): ProcessIdentity | null {
  const processes = serverProcesses(dataPath);
  const pids = new Set(processes.map(({ pid }) => pid));
  return processes.find(({ parentPid }) => !pids.has(parentPid)) ?? null;
}

function existingLabDirectory(parent: string): LabDirectory | null {
  const uid = process.getuid?.() ?? 0;
  return existsSync(join(parent, `pool-lab-${uid}`)) ? openLabDirectory(parent) : null;
}

async function pathsIn(directory: string, prefix: string): Promise<string[]> {
  const names = await readdir(directory);
  return names.filter((name) => name.startsWith(prefix)).map((name) => join(directory, name));
}

/** What it occupies on disk, as `du` counts; files that vanish meanwhile count nothing. */
async function treeBytes(path: string): Promise<number> {
  const names = await readdir(path, { recursive: true }).catch(orMissing<string[]>([]));
  let bytes = 0;
  for (const name of ['', ...names]) {
    const found = await lstat(join(path, name)).catch(orMissing(null));
    // POSIX counts blocks of 512 bytes, whatever the file system's are.
    bytes += (found?.blocks ?? 0) * 512;
  }
  return bytes;
}

function orMissing<T>(missing: T): (error: unknown) => T {
  return (error) => {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return missing;
    throw error;
  };
}
