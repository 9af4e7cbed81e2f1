import type { ProcessIdentity } from '../process-table.ts';
import { carriesMarker, type ScannedProcess, scanProcesses } from './process-scan.ts';

/**
 * All processes that came of one command. Whoever was seen once as a child of theirs, in their group, or with their
 * marker, is one of them, whatever it does afterwards: leave the group, lose its parent, clear its environment. Each is
 * known by pid and start time, so that a recycled pid is none of them.
 */
export interface ServiceTree {
  readonly root: ProcessIdentity;
  /** Looks at every process of the machine; who runs of this tree. */
  look(): readonly TreeMember[];
  /** In the last look. */
  living(): readonly TreeMember[];
  /** Most of them in one look. */
  readonly peak: number;
  /** In the last look and ever; `null` where the system does not tell. */
  cpuMs(): number | null;
}

export interface TreeMember extends ProcessIdentity {
  /** Of the first process's own group, which one signal reaches. */
  readonly inGroup: boolean;
  /** Neither in the group nor marked: only who saw it knows that it belongs here. */
  readonly isStray: boolean;
}

interface Known extends TreeMember {
  readonly parentPid: number;
  readonly cpu: ScannedProcess['cpu'];
}

/** @param scan every process; @default those of this machine */
export function createServiceTree(
  { root, marker }: { readonly root: ProcessIdentity; readonly marker: string },
  {
    scan = scanProcesses,
    isMarked = (pid) => carriesMarker(pid, marker),
  }: {
    readonly scan?: () => readonly ScannedProcess[];
    readonly isMarked?: (pid: number) => boolean;
  } = {},
): ServiceTree {
  let members: ReadonlyMap<number, Known> = new Map();
  let strangers: ReadonlySet<string> = new Set();
  /** Of those that ended without a parent of this tree to count their time. */
  let orphanedMs = 0;
  let shownMs = 0;
  let rootTicks = 0;
  let peak = 0;

  function look(): readonly TreeMember[] {
    const scanned = scan();
    const found = new Map<number, Known>();
    const others = new Set<string>();
    const rootNow = scanned.find(({ pid }) => pid === root.pid);
    rootTicks = rootNow?.startToken === root.startToken ? startOf(rootNow) : rootTicks;
    // As long as the group has a member, nobody else can be given its number.
    const groupIsOurs = rootNow === undefined || rootNow.startToken === root.startToken;
    // Parents before their children, so that one pass finds all descendants.
    for (const it of [...scanned].sort((a, b) => startOf(a) - startOf(b) || a.pid - b.pid)) {
      const before = members.get(it.pid);
      const wasKnown = before?.startToken === it.startToken;
      const key = `${it.pid} ${it.startToken}`;
      const isRoot = it.pid === root.pid && it.startToken === root.startToken;
      if (!isRoot && !wasKnown && startOf(it) < rootTicks) continue;
      const inGroup = groupIsOurs && isInGroup(it);
      const marked = (): boolean => !strangers.has(key) && isMarked(it.pid);
      const isStray = wasKnown && before.isStray ? !inGroup : false;
      if (isRoot || wasKnown || inGroup) {
        found.set(it.pid, known(it, { inGroup, isStray }));
      } else if (marked()) {
        found.set(it.pid, known(it, { inGroup, isStray: false }));
      } else if (found.has(it.parentPid)) {
        found.set(it.pid, known(it, { inGroup, isStray: true }));
      } else {
        others.add(key);
      }
    }
    orphanedMs += endedWithoutParent(members, found);
    members = found;
    strangers = others;
    peak = Math.max(peak, found.size);
    return [...found.values()];
  }

  function isInGroup({ place, parentPid, pid }: ScannedProcess): boolean {
    if (place === null) return pid === root.pid || parentPid === root.pid;
    return place.groupId === root.pid && place.sessionId === root.pid;
  }

  return {
    root,
    look,
    living: () => [...members.values()],
    get peak() {
      return peak;
    },
    cpuMs() {
      look();
      let sumMs = orphanedMs;
      for (const { cpu } of members.values()) {
        if (cpu === null) return null;
        sumMs += cpu.ownMs + cpu.waitedForMs;
      }
      // A child that ended a moment ago may not be in its parent's account yet.
      shownMs = Math.max(shownMs, sumMs);
      return process.platform === 'linux' ? shownMs : null;
    },
  };
}

function known(
  { pid, startToken, parentPid, cpu }: ScannedProcess,
  { inGroup, isStray }: Pick<TreeMember, 'inGroup' | 'isStray'>,
): Known {
  return { pid, startToken, parentPid, cpu, inGroup, isStray };
}

const startOf = ({ place }: ScannedProcess): number => place?.startTicks ?? 0;

/** Time of those that were there before: a parent that goes on has it in its own account of whom it waited for. */
function endedWithoutParent(
  before: ReadonlyMap<number, Known>,
  now: ReadonlyMap<number, Known>,
): number {
  let sumMs = 0;
  for (const { pid, startToken, parentPid, cpu } of before.values()) {
    if (now.get(pid)?.startToken === startToken || now.has(parentPid)) continue;
    sumMs += cpu === null ? 0 : cpu.ownMs + cpu.waitedForMs;
  }
  return sumMs;
}
