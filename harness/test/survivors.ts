import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** What a test file must not leave behind in its process, by kind, with how many there are. */
export type Survivors = Readonly<Record<string, number>>;

/**
 * Handles that keep a process alive, in the words of `process.getActiveResourcesInfo()`. Timers are
 * left out: test runner and libraries arm some of their own, and a leaked one harms nobody else; so
 * are plain pipes, since the standard streams are some, opened when first written to.
 */
const WATCHED_RESOURCES: Readonly<Record<string, string>> = {
  TCPSocketWrap: 'open TCP connection',
  TCPServerWrap: 'listening TCP socket',
  TCPWRAP: 'open TCP handle',
  PipeServerWrap: 'listening pipe',
  ProcessWrap: 'child process',
  Worker: 'worker thread',
  FSEventWrap: 'file watcher',
};

/** Pause between two looks; a socket's `close` takes a few turns of the event loop. */
const POLL_MS = 20;

/** Everything watched that is there now. */
export function presentResources(): Survivors {
  const counts: Record<string, number> = {};
  for (const resource of process.getActiveResourcesInfo()) {
    const name = WATCHED_RESOURCES[resource];
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + 1;
  }
  const children = livingChildren();
  return children === null ? counts : { ...counts, 'child process': children };
}

/**
 * Waits until nothing is left beyond `baseline`.
 *
 * @returns what is still there when `deadlineMs` has passed; null as soon as nothing is.
 */
export async function awaitNoSurvivors(options: {
  readonly baseline: Survivors;
  readonly deadlineMs: number;
}): Promise<Survivors | null> {
  const giveUpAt = performance.now() + options.deadlineMs;
  for (;;) {
    const survivors = beyond(options.baseline, presentResources());
    if (survivors === null || performance.now() >= giveUpAt) return survivors;
    await delay(POLL_MS);
  }
}

function beyond(baseline: Survivors, present: Survivors): Survivors | null {
  const more = Object.entries(present)
    .map(([name, count]) => [name, count - (baseline[name] ?? 0)] as const)
    .filter(([, count]) => count > 0);
  return more.length === 0 ? null : Object.fromEntries(more);
}

/**
 * Children of this process that run, unreferenced ones included, which Node's own list leaves out.
 * A zombie is not counted: it has ended and holds nothing. `null` where there is no /proc.
 */
function livingChildren(): number | null {
  if (process.platform !== 'linux') return null;
  return readdirSync('/proc/self/task')
    .flatMap((thread) => readOrEmpty(`/proc/self/task/${thread}/children`).split(' '))
    .filter((pid) => pid.trim() !== '')
    .filter((pid) => !/^State:\s+Z/m.test(readOrEmpty(`/proc/${pid}/status`) || 'State:\tZ'))
    .length;
}

/** A process or thread may be gone between the listing and the look at it. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
