import { setTimeout as delay } from 'node:timers/promises';
import { signalProcess } from '../process-table.ts';
import { hasLimit } from './process-limit.ts';
import { carriesMarker, type ScannedProcess, scanProcesses } from './process-scan.ts';

/** Whoever forks at this moment is found in the next look. */
const LOOKS_MAX = 100;
const PAUSE_MS = 10;

/** One look can miss who goes on by a new process meanwhile. */
const EMPTY_LOOKS = 4;

/**
 * Kills every process with the marker or the limit, with all that came of them, until some looks in a row find none: of a service whose lab is
 * gone. Where the system shows neither, nobody is found.
 */
export async function endMarked({
  marker,
  limit,
}: {
  readonly marker: string;
  readonly limit: number | null;
}): Promise<void> {
  const isMarked = (pid: number): boolean =>
    carriesMarker(pid, marker) || (limit !== null && hasLimit(pid, limit));
  let looksWithout = 0;
  for (let look = 0; look < LOOKS_MAX && looksWithout < EMPTY_LOOKS; look += 1) {
    const found = markedWithDescendants(scanProcesses(), isMarked);
    for (const it of found) signalProcess(it, 'SIGKILL');
    looksWithout = found.length === 0 ? looksWithout + 1 : 0;
    await delay(PAUSE_MS);
  }
}

function markedWithDescendants(
  scanned: readonly ScannedProcess[],
  isMarked: (pid: number) => boolean,
): readonly ScannedProcess[] {
  const found = new Map(scanned.filter(({ pid }) => isMarked(pid)).map((it) => [it.pid, it]));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const it of scanned) if (found.has(it.parentPid)) found.set(it.pid, it);
  }
  return [...found.values()];
}
