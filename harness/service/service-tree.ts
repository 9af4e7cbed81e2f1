import type { ProcessIdentity } from '../process-table.ts';
import { hasLimit } from './process-limit.ts';
import { carriesMarker, type ScannedProcess, scanProcesses } from './process-scan.ts';

/**
 * All processes that came of one command. Whoever was seen once as a child of theirs, in their session, with their
 * marker or with their limit, is one of them, whatever it does afterwards: leave the group, lose its parent, clear its environment. Each is
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

/**
 * @param scan every process; @default those of this machine
 * @param onStray told once of each that nobody else would find
 */
export function createServiceTree(
  {
    root,
    marker,
    limit,
  }: {
    readonly root: ProcessIdentity;
    readonly marker: string;
    /** `null`: it was given none. */
    readonly limit: number | null;
  },
  {
    scan = scanProcesses,
    isMarked = (pid) => carriesMarker(pid, marker) || (limit !== null && hasLimit(pid, limit)),
    onStray = () => undefined,
  }: {
    readonly scan?: () => readonly ScannedProcess[];
    readonly isMarked?: (pid: number) => boolean;
    readonly onStray?: (pid: number) => void;
  } = {},
): ServiceTree {
  let members: ReadonlyMap<number, Known> = new Map();
  /** Of those that ended without a parent of this tree to count their time. */
  let orphanedMs = 0;
  let shownMs = 0;
  let rootTicks = 0;
  let peak = 0;

  function look(): readonly TreeMember[] {
    const scanned = scan();
    const found = new Map<number, Known>();
    const rootNow = scanned.find(({ pid }) => pid === root.pid);
    rootTicks = rootNow?.startToken === root.startToken ? startOf(rootNow) : rootTicks;
    // As long as the group or the session has a member, nobody else can be given its number.
    const groupIsOurs = rootNow === undefined || rootNow.startToken === root.startToken;
    // Parents before their children, so that one pass finds all descendants.
    for (const it of [...scanned].sort((a, b) => startOf(a) - startOf(b) || a.pid - b.pid)) {
      const isRoot = it.pid === root.pid && it.startToken === root.startToken;
      const before = members.get(it.pid);
      const wasKnown = before?.startToken === it.startToken;
      // Who was there before it cannot have come of it.
      if (!isRoot && !wasKnown && startOf(it) < rootTicks) continue;
      const inGroup = groupIsOurs && isInGroup(it);
      const marked = isRoot || inGroup || isMarked(it.pid);
      const isOurs =
        marked || wasKnown || found.has(it.parentPid) || (groupIsOurs && isInSession(it));
      if (!isOurs) continue;
      const isStray = !marked;
      found.set(it.pid, known(it, { inGroup, isStray }));
      if (isStray && !(wasKnown && before.isStray)) onStray(it.pid);
    }
    orphanedMs += endedWithoutParent(members, found);
    members = found;
    peak = Math.max(peak, found.size);
    return [...found.values()];
  }

  function isInGroup({ place, parentPid, pid }: ScannedProcess): boolean {
    if (place === null) return pid === root.pid || parentPid === root.pid;
    return place.groupId === root.pid && place.sessionId === root.pid;
  }

  /** A job of a shell has a group of its own in it. */
  function isInSession({ place }: ScannedProcess): boolean {
    return place?.sessionId === root.pid;
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
