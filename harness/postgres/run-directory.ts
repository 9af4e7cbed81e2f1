import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { identifyProcess, isRunning, type ProcessIdentity } from '../process-table.ts';
import { systemErrorCode } from '../system-error.ts';
import { explainFileError } from './file-failure.ts';
import type { LabDirectory } from './lab-directory.ts';
import { openSpareFiles, type SpareFiles } from './spare-files.ts';
import { removeTree } from './tree-removal.ts';

/** Place of one running server, locked by the process that started it. */
export interface RunDirectory {
  readonly path: string;
  readonly dataPath: string;
  /** The server's configuration file. */
  readonly configPath: string;
  /** With transport `tls`: the authority that clients ask, and what it signed for the server. */
  readonly authorityPath: string;
  readonly certificatePath: string;
  readonly keyPath: string;
  /** Emptied files of servers that ran before. */
  readonly spares: SpareFiles;
  remove(): Promise<void>;
}

export const RUN_PREFIX = 'run-';
const LOCK_FILE = 'lock.json';

const lockSchema = z.strictObject({ pid: z.int().min(1), startToken: z.string().min(1) });

/**
 * The lock names this process by pid and start time, and stands before anything else is there.
 *
 * @throws LabError DISK_FULL, DIRECTORY_UNUSABLE
 */
export function createRunDirectory(lab: LabDirectory): RunDirectory {
  const path = makeLocked(lab);
  return {
    path,
    dataPath: join(path, 'data'),
    configPath: join(path, 'postgresql.conf'),
    authorityPath: join(path, 'authority.crt'),
    certificatePath: join(path, 'server.crt'),
    keyPath: join(path, 'server.key'),
    spares: openSpareFiles(lab.sparesPath),
    remove: () => removeTree(path, openSpareFiles(lab.sparesPath)),
  };
}

function makeLocked({ runsPath }: LabDirectory): string {
  const self = identifyProcess(process.pid);
  if (self === null) throw new Error(`this process (${process.pid}) is not in the process table`);
  const { pid, startToken } = self;
  let path: string | null = null;
  try {
    path = mkdtempSync(join(runsPath, RUN_PREFIX));
    writeFileSync(join(path, LOCK_FILE), JSON.stringify({ pid, startToken }), { mode: 0o600 });
    // The server's account passes through, and sees nothing but its own directory.
    chmodSync(path, 0o711);
    return path;
  } catch (error) {
    // Nobody guards it yet.
    if (path !== null) rmSync(path, { recursive: true, force: true });
    throw explainFileError(error, `making a directory in ${runsPath}`);
  }
}

/** Whose run this is: the living owner, `null` when it is gone, `unlocked` when nothing says. */
export function runOwner(runPath: string): ProcessIdentity | null | 'unlocked' {
  let text: string;
  try {
    text = readFileSync(join(runPath, LOCK_FILE), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 'unlocked';
    throw error;
  }
  const lock = lockSchema.safeParse(parseJson(text));
  if (!lock.success) return 'unlocked';
  return isRunning(lock.data) ? lock.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut off while it was written: as good as not there.
    return null;
  }
}

/** What the server calls itself in the process table, from which its processes are found again. */
export function clusterName(dataPath: string): string {
  return `pool-lab-${basename(dirname(dataPath))}`;
}
