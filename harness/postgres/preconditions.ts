import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { LabError } from '../lab-error.ts';
import { describeError } from '../system-error.ts';
import { chooseServerAccount } from './account.ts';
import { locateBinaries } from './binaries.ts';
import { findFreePort } from './free-port.ts';
import { LAB_DIRECTORY_PARENT, openLabDirectory } from './lab-directory.ts';
import { runServerProgram } from './server-program.ts';
import { stageBinaries } from './staging.ts';

/** One thing the lab needs from the machine. */
export interface Precondition {
  readonly name: string;
  readonly ok: boolean;
  /** What was found. */
  readonly detail: string;
  /** What to do about it; empty when it is met. */
  readonly remedy: string;
}

const NODE_MAJOR_MIN = 24;
/** Binaries 55 MB, template 50 MB, a running server 200 MB with its write-ahead log, and room. */
const FREE_BYTES_MIN = 500 * 1024 ** 2;
/** Enough for some hundred client connections beside the files Node itself opens. */
const FILE_DESCRIPTORS_MIN = 1_024;
const VERSION_DEADLINE_MS = 10_000;

/** All of them, in the order they matter. Prepares the copy of the binaries on the way. */
export async function checkPreconditions(
  labParent: string = LAB_DIRECTORY_PARENT,
): Promise<readonly Precondition[]> {
  return [
    checkNode(process.versions.node),
    await check('server account', () => {
      const { harnessUser, switchTo } = chooseServerAccount();
      return switchTo === null
        ? `PostgreSQL runs as ${harnessUser}`
        : `started as ${harnessUser}, PostgreSQL runs as ${switchTo.name} (${switchTo.uid})`;
    }),
    await check('lab directory', () => openLabDirectory(labParent).path),
    await check('free disk space', () => checkSpace(labParent)),
    await check('PostgreSQL binaries', () => checkBinaries(labParent)),
    await check('loopback', async () => `127.0.0.1:${await findFreePort()} can be listened on`),
    await check('file descriptors', () => checkFileDescriptors(readOpenFilesLimit())),
    checkMachine({
      cores: availableParallelism(),
      memoryBytes: totalmem(),
      availableBytes: process.availableMemory(),
    }),
  ];
}

/** Failing is the answer here, so whatever is thrown becomes part of the list. */
async function check(name: string, look: () => string | Promise<string>): Promise<Precondition> {
  try {
    return { name, ok: true, detail: await look(), remedy: '' };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: describeError(error),
      remedy: error instanceof LabError ? error.hint : 'Look at what the message names.',
    };
  }
}

export function checkNode(version: string): Precondition {
  const ok = Number.parseInt(version, 10) >= NODE_MAJOR_MIN;
  return {
    name: 'Node.js',
    ok,
    detail: `version ${version}`,
    remedy: ok ? '' : `Install Node.js ${NODE_MAJOR_MIN} or newer: https://nodejs.org`,
  };
}

async function checkBinaries(labParent: string): Promise<string> {
  const binaries = locateBinaries();
  const programs = await stageBinaries(binaries, openLabDirectory(labParent).cachePath);
  const version = await runServerProgram({
    file: join(programs, 'bin', 'postgres'),
    args: ['--version'],
    account: chooseServerAccount(),
    input: '',
    deadlineMs: VERSION_DEADLINE_MS,
    signal: new AbortController().signal,
  });
  return `${version.trim()} from ${binaries.packageName}`;
}

async function checkSpace(path: string): Promise<string> {
  const { bavail, bsize } = await statfs(path);
  const detail = `${toMegabytes(bavail * bsize)} MB free at ${path}`;
  if (bavail * bsize >= FREE_BYTES_MIN) return detail;
  throw new LabError('DISK_FULL', {
    message: detail,
    hint: `Free ${toMegabytes(FREE_BYTES_MIN)} MB (\`pool-lab clean\` removes what earlier runs left), or set POOL_LAB_DIRECTORY.`,
  });
}

/** Exported for its table of limits. */
export function checkFileDescriptors(limit: number | null): string {
  if (limit === null) return 'limit unknown on this system';
  const detail = `at most ${limit === Number.POSITIVE_INFINITY ? 'unlimited' : limit} per process`;
  if (limit >= FILE_DESCRIPTORS_MIN) return detail;
  throw new LabError('TOO_FEW_FILE_DESCRIPTORS', {
    message: detail,
    hint: `Raise the limit: ulimit -n ${FILE_DESCRIPTORS_MIN * 4}`,
  });
}

/** Node has raised the soft limit to the hard one at its start, so this is what children inherit. */
function readOpenFilesLimit(): number | null {
  if (process.platform !== 'linux') return null;
  const soft = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** Two cores are little: server, database and generator then take turns on them, and say so. */
export function checkMachine(machine: {
  readonly cores: number;
  readonly memoryBytes: number;
  readonly availableBytes: number;
}): Precondition {
  const { cores, memoryBytes, availableBytes } = machine;
  const ok = cores >= 2 && availableBytes >= FREE_BYTES_MIN;
  return {
    name: 'cores and memory',
    ok,
    detail: `${cores} cores, ${toMegabytes(availableBytes)} of ${toMegabytes(memoryBytes)} MB memory available`,
    remedy: ok
      ? ''
      : `Use a machine with 2 cores and ${toMegabytes(FREE_BYTES_MIN)} MB of free memory; fewer workers need less.`,
  };
}

function toMegabytes(bytes: number): number {
  return Math.floor(bytes / 1024 ** 2);
}
