import { spawn } from 'node:child_process';
import { type Custodian, type GuardedResource, NOTHING_GUARDED } from '../custodian.ts';
import { entryPoint } from '../entry-point.ts';
import { identifyProcess } from '../process-table.ts';
import type { Guarded, WatchdogMessage } from './watchdog-message.ts';

/**
 * A process that outlives this one by a moment: when its input closes, for whatever reason this
 * process ended, SIGKILL included, it ends and removes everything guarded and not released.
 */
export interface Watchdog extends Custodian {
  readonly pid: number | null;
  /** Resolves when it ended without `close`: from then on nothing is guarded. */
  readonly died: Promise<void>;
  /** Lets it end; what is still guarded is cleaned up first. Idempotent. */
  close(): Promise<void>;
}

export function startWatchdog(): Watchdog {
  const child = spawn(process.execPath, [entryPoint(import.meta.url, './watchdog-process')], {
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
    // A session of its own: a terminal's Ctrl-C must not end it together with the harness.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // It must not keep a harness alive that has nothing else to do.
  child.unref();
  let closing = false;
  let nextId = 0;
  const died = Promise.withResolvers<void>();
  const ended = new Promise<void>((resolve) => {
    const settle = (): void => {
      if (!closing) died.resolve();
      resolve();
    };
    child.once('exit', settle);
    child.once('error', settle);
  });
  child.stdin.on('error', () => {
    // EPIPE: it is gone, which `died` tells.
  });
  const send = (message: WatchdogMessage): void => {
    // A write to a pipe that is not full reaches the kernel before it returns, so not even SIGKILL
    // right after it can lose the message.
    if (!closing) child.stdin.write(`${JSON.stringify(message)}\n`);
  };
  return {
    pid: child.pid ?? null,
    died: died.promise,
    guard(resource) {
      const guarded = identify(resource);
      // It has ended already: nothing to guard, and its pid may be somebody else's soon.
      if (guarded === null) return NOTHING_GUARDED;
      nextId += 1;
      const id = nextId;
      send({ type: 'guard', id, resource: guarded });
      return () => send({ type: 'release', id });
    },
    close() {
      closing = true;
      child.ref();
      child.stdin.end();
      return ended;
    },
  };
}

function identify(resource: GuardedResource): Guarded | null {
  if (!('pid' in resource)) return resource;
  const identity = identifyProcess(resource.pid);
  return identity === null ? null : { ...resource, startToken: identity.startToken };
}
