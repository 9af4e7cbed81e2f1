import { setTimeout as delay } from 'node:timers/promises';
import { isRunning, type ProcessIdentity } from '../process-table.ts';
import { systemErrorCode } from '../system-error.ts';
import type { ServiceTree, TreeMember } from './service-tree.ts';

const POLL_MS = 20;
/** The kernel ends a killed process within milliseconds, unless it is stuck in a device. */
const KILL_DEADLINE_MS = 5_000;
/** Who goes on by a new process while the machine is looked over can be missed by one look, and by several hardly. */
const EMPTY_LOOKS = 4;

export interface ServiceEnd {
  /** Until nothing of it was left. */
  readonly stopMs: number;
  /** Processes that did not end when they were asked to. */
  readonly killed: number;
}

/**
 * Asks the group to end, then whoever is left outside of it, and kills what still runs after the timeout, until a look
 * over the whole machine finds none of it.
 *
 * @param warn told of a process that could not be ended
 */
export async function endTree(
  tree: ServiceTree,
  {
    stopTimeoutMs,
    warn,
  }: { readonly stopTimeoutMs: number; readonly warn: (sentence: string) => void },
): Promise<ServiceEnd> {
  const startMs = performance.now();
  tree.look();
  signalGroupOf(tree, 'SIGTERM');
  const asked = new Set<number>();
  const deadlineMs = startMs + stopTimeoutMs;
  for (;;) {
    const left = stillRunning(tree);
    if (left.length === 0 && tree.look().length === 0) {
      const stopMs = performance.now() - startMs;
      if (await staysEmpty(tree)) return { stopMs, killed: 0 };
    }
    if (performance.now() >= deadlineMs) break;
    if (!left.some(({ inGroup }) => inGroup)) askEach(tree.look(), asked);
    await delay(POLL_MS);
  }
  const killed = await killAll(tree, warn);
  return { stopMs: performance.now() - startMs, killed };
}

/** Each once: a second SIGTERM means "at once" to some. */
function askEach(members: readonly TreeMember[], asked: Set<number>): void {
  for (const member of members) {
    if (asked.has(member.pid)) continue;
    asked.add(member.pid);
    signal(member, 'SIGTERM');
  }
}

async function killAll(tree: ServiceTree, warn: (sentence: string) => void): Promise<number> {
  const killed = new Set<string>();
  const deadlineMs = performance.now() + KILL_DEADLINE_MS;
  for (;;) {
    const left = tree.look();
    if (left.length === 0 && (await staysEmpty(tree))) return killed.size;
    if (performance.now() >= deadlineMs) {
      warn(
        left.length === 0
          ? 'the service goes on by ever new processes, which could not be ended'
          : `${left.length} of the service's processes could not be ended: ${left.map(({ pid }) => pid).join(', ')}`,
      );
      return killed.size;
    }
    for (const { pid, startToken } of left) killed.add(`${pid} ${startToken}`);
    signalGroupOf(tree, 'SIGKILL');
    for (const member of left) signal(member, 'SIGKILL');
    await delay(POLL_MS);
  }
}

/** After a look that found nobody. */
async function staysEmpty(tree: ServiceTree): Promise<boolean> {
  for (let looks = 1; looks < EMPTY_LOOKS; looks += 1) {
    await delay(POLL_MS);
    if (tree.look().length > 0) return false;
  }
  return true;
}

function stillRunning(tree: ServiceTree): readonly TreeMember[] {
  return tree.living().filter(isRunning);
}

function signalGroupOf(tree: ServiceTree, name: NodeJS.Signals): void {
  if (tree.living().some((it) => it.inGroup && isRunning(it))) send(-tree.root.pid, name);
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (isRunning(identity)) send(identity.pid, name);
}

function send(target: number, name: NodeJS.Signals): void {
  try {
    process.kill(target, name);
  } catch (error) {
    // ESRCH: it ended in between. EPERM: it became somebody else's, which the last look tells.
    if (!['ESRCH', 'EPERM'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
