import { readdirSync, readFileSync } from 'node:fs';
import { listProcesses, type ProcessIdentity } from '../process-table.ts';
import { systemErrorCode } from '../system-error.ts';
import { SERVICE_MARKER_ENV } from './service-environment.ts';

/** Linux counts in hundredths of a second for user space, on every architecture Node runs on. */
const MS_PER_TICK = 10;

/** A process in one look at all of them. */
export interface ScannedProcess extends ProcessIdentity {
  readonly parentPid: number;
  /** `null` where the system does not tell without being asked for each. */
  readonly place: {
    readonly groupId: number;
    readonly sessionId: number;
    /** In ticks since the system's start. */
    readonly startTicks: number;
  } | null;
  /** CPU time so far; `null` where the system does not tell. */
  readonly cpu: { readonly ownMs: number; readonly waitedForMs: number } | null;
}

/** Every process that runs; a zombie has ended. Some milliseconds: once a second is often enough. */
export function scanProcesses(): readonly ScannedProcess[] {
  if (process.platform !== 'linux') {
    return listProcesses().map(({ pid, startToken, parentPid }) => ({
      pid,
      startToken,
      parentPid,
      place: null,
      cpu: null,
    }));
  }
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    return Number.isInteger(pid) ? (scanned(pid) ?? []) : [];
  });
}

/** Whether the environment that a process began with has the marker; `false` where nobody may look. */
export function carriesMarker(pid: number, marker: string): boolean {
  const environment = readOf(pid, 'environ');
  return environment?.includes(`${SERVICE_MARKER_ENV}=${marker}\0`) ?? false;
}

/** Fields of proc_pid_stat(5) from the third one on; the name before them may hold anything. */
function scanned(pid: number): ScannedProcess | null {
  const text = readOf(pid, 'stat');
  if (text === null) return null;
  const [state, ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ');
  if (state === undefined || state === 'Z' || state === 'X') return null;
  const numbers = rest.map(Number);
  const at = (field: number): number => numbers[field - 4] ?? 0;
  return {
    pid,
    startToken: rest[18] ?? '',
    parentPid: at(4),
    place: { groupId: at(5), sessionId: at(6), startTicks: at(22) },
    cpu: {
      ownMs: (at(14) + at(15)) * MS_PER_TICK,
      waitedForMs: (at(16) + at(17)) * MS_PER_TICK,
    },
  };
}

/** A file that the kernel shows of a process; `null` when it has ended, or is nobody's business. */
export function readOf(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(systemErrorCode(error) ?? '')) return null;
    throw error;
  }
}
