import { hostname } from 'node:os';
import { identifyProcess, isRunning } from '../process-table.ts';

/** A process on some host, so that a later one with the same pid is not taken for it. */
export interface LockOwner {
  readonly host: string;
  readonly pid: number;
  readonly startToken: string;
}

/** Who owns locks, and which owners still live. */
export interface LockOwners {
  readonly self: () => LockOwner;
  /** `unknown` for a process that cannot be seen from here: on another host, or in another container. */
  readonly stateOf: (owner: LockOwner) => 'running' | 'ended' | 'unknown';
}

/** The machine's own process table. */
export const MACHINE_OWNERS: LockOwners = {
  self: () => {
    const self = identifyProcess(process.pid);
    if (self === null) throw new Error(`this process (${process.pid}) is not in the process table`);
    return { host: hostname(), pid: self.pid, startToken: self.startToken };
  },
  stateOf: (owner) => {
    if (owner.host !== hostname()) return 'unknown';
    return isRunning(owner) ? 'running' : 'ended';
  },
};
