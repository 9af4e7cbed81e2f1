import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { systemErrorCode } from './system-error.ts';

/** One process, named so that a later one with the same pid cannot be taken for it. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in a form only good for comparing. */
  readonly startToken: string;
}

export interface ProcessEntry extends ProcessIdentity {
  readonly parentPid: number;
  /** Command line, or the title the process gave itself. */
  readonly command: string;
}

/** `null` when there is no such process, or it is a zombie: dead, only not yet waited for. */
export function identifyProcess(pid: number): ProcessIdentity | null {
  if (process.platform === 'linux') {
    const stat = readProcStat(pid);
    return stat === null ? null : { pid, startToken: stat.startToken };
  }
  return listWithPs(['-p', String(pid)])[0] ?? null;
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.startToken === identity.startToken;
}

/** All processes this account may see. Takes some milliseconds; not for a loop under load. */
export function listProcesses(): readonly ProcessEntry[] {
  if (process.platform !== 'linux') return listWithPs(['-ax']);
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = readProcStat(pid);
    if (stat !== null) entries.push({ pid, ...stat, command: readCommand(pid) });
  }
  return entries;
}

/** Signals exactly this process, or nobody when it has ended. `false`: it had. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isRunning(identity) && sendSignal(identity.pid, signal);
}

/** Signals the group this process leads, while the leader lives. `false`: it does not. */
export function signalGroup(leader: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return isRunning(leader) && sendSignal(-leader.pid, signal);
}

function sendSignal(target: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(target, signal);
  } catch (error) {
    // ESRCH: it ended between the look and the signal, which is what was wanted.
    if (systemErrorCode(error) === 'ESRCH') return false;
    throw error;
  }
}

/** See proc_pid_stat(5): the command name in parentheses may itself hold spaces and parentheses. */
function readProcStat(pid: number): { parentPid: number; startToken: string } | null {
  const text = readProcFile(pid, 'stat');
  if (text === null) return null;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parentPid, startTicks] = [fields[0], fields[1], fields[19]];
  if (state === undefined || parentPid === undefined || startTicks === undefined) return null;
  if (state === 'Z' || state === 'X') return null;
  return { parentPid: Number(parentPid), startToken: startTicks };
}

function readCommand(pid: number): string {
  return (readProcFile(pid, 'cmdline') ?? '').replaceAll('\0', ' ').trim();
}

function readProcFile(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return null;
    throw error;
  }
}

/** macOS has no /proc. `lstart` is five words: `Mon Jan  2 15:04:05 2006`. */
function listWithPs(selection: readonly string[]): readonly ProcessEntry[] {
  const columns = ['pid=', 'ppid=', 'state=', 'lstart=', 'command='].flatMap((name) => [
    '-o',
    name,
  ]);
  const { stdout } = spawnSync('ps', [...selection, ...columns], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
  });
  const entries: ProcessEntry[] = [];
  for (const line of stdout.split('\n')) {
    const [pid, parentPid, state, ...rest] = line.trim().split(/\s+/);
    if (pid === undefined || state === undefined || state.startsWith('Z')) continue;
    entries.push({
      pid: Number(pid),
      parentPid: Number(parentPid),
      startToken: rest.slice(0, 5).join(' '),
      command: rest.slice(5).join(' '),
    });
  }
  return entries;
}
