import type { LockOwners } from '../lock-owner.ts';
import type { StoreDeps } from '../store-deps.ts';
import type { StoreFiles } from '../store-files.ts';

/** Processes that live until they are ended. */
export interface FakeMachine {
  /** A new process with its view of the files. */
  start(files: StoreFiles): FakeProcess;
}

export interface FakeProcess {
  readonly pid: number;
  readonly store: StoreDeps;
  end(): void;
}

export function createFakeMachine(): FakeMachine {
  const running = new Set<number>();
  let lastPid = 100;
  return {
    start(files) {
      lastPid += 1;
      const pid = lastPid;
      running.add(pid);
      const owners: LockOwners = {
        self: () => ({ host: 'here', pid, startToken: String(pid) }),
        stateOf: (owner) => {
          if (owner.host !== 'here') return 'unknown';
          return running.has(owner.pid) ? 'running' : 'ended';
        },
      };
      return {
        pid,
        store: { files, owners, now: () => new Date(Date.UTC(2026, 0, 2)) },
        end: () => running.delete(pid),
      };
    },
  };
}
