import { join } from 'node:path';
import type { Host } from '../analysis/trial-machine.ts';
import { readIfThere, readThrottling, type Throttling } from './control-group.ts';

/** One reading of counters that only grow; what a window saw is the difference of two. */
export interface HostHealth {
  /** Time in which some runnable task of the machine waited for a CPU; `null` without PSI. */
  readonly cpuPressureMs: number | null;
  /** Of this process's control group and those above it; empty where the system does not tell. */
  readonly throttling: readonly Throttling[];
  /** Ticks of all CPUs together since boot; `null` where the system does not tell. */
  readonly cpuTicks: { readonly total: number; readonly stolen: number } | null;
}

/**
 * What the machine has done to everything on it so far: Linux tells, others are all `null`. Pressure
 * and steal are the whole machine's, the throttling that of the group this process runs in, with its
 * children, which is where the lab's own processes are; a database elsewhere is not seen.
 *
 * @param procPath @default '/proc'
 */
export function readHostHealth(procPath = '/proc'): HostHealth {
  return {
    cpuPressureMs: parsePressure(readIfThere(join(procPath, 'pressure/cpu'))),
    throttling: readThrottling(procPath),
    cpuTicks: parseTicks(readIfThere(join(procPath, 'stat'))),
  };
}

/** What happened between two readings `elapsedMs` apart. */
export function hostBetween(before: HostHealth, after: HostHealth, elapsedMs: number): Host {
  return {
    cpuPressureShare: shareOf(differenceOf(before.cpuPressureMs, after.cpuPressureMs), elapsedMs),
    ...throttlingBetween(before.throttling, after.throttling),
    cpuStealShare: shareOf(
      differenceOf(before.cpuTicks?.stolen, after.cpuTicks?.stolen),
      differenceOf(before.cpuTicks?.total, after.cpuTicks?.total),
    ),
  };
}

/**
 * The most throttled level: where a group and the one above it are stopped at the same time, their sum
 * would count that time twice.
 */
function throttlingBetween(
  before: readonly Throttling[],
  after: readonly Throttling[],
): Pick<Host, 'throttledPeriods' | 'throttledMs'> {
  // Moved to another group in between: the counters are not of the same thing.
  if (after.length === 0 || before.length !== after.length) {
    return { throttledPeriods: null, throttledMs: null };
  }
  const most = (read: (level: Throttling) => number): number =>
    after.reduce((max, level, index) => {
      const earlier = before[index];
      return earlier === undefined ? max : Math.max(max, read(level) - read(earlier));
    }, 0);
  return {
    throttledPeriods: most(({ periods }) => periods),
    throttledMs: most(({ stoppedMs }) => stoppedMs),
  };
}

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=12345`, the total in µs. */
function parsePressure(text: string | null): number | null {
  const totalUs = /^some .*\btotal=(\d+)/m.exec(text ?? '')?.[1];
  return totalUs === undefined ? null : Number(totalUs) / 1e3;
}

/** Columns of `/proc/stat` up to steal; those of guests are contained in user and nice. */
const COLUMNS_UP_TO_STEAL = 8;

function parseTicks(text: string | null): HostHealth['cpuTicks'] {
  const line = /^cpu +(.+)$/m.exec(text ?? '')?.[1];
  const ticks = (line ?? '').split(' ').slice(0, COLUMNS_UP_TO_STEAL).map(Number);
  const stolen = ticks[COLUMNS_UP_TO_STEAL - 1];
  if (stolen === undefined) return null;
  return { total: ticks.reduce((sum, column) => sum + column, 0), stolen };
}

function differenceOf(
  before: number | null | undefined,
  after: number | null | undefined,
): number | null {
  return typeof before === 'number' && typeof after === 'number' ? after - before : null;
}

/** Between 0 and 1, since neither the kernel's counters nor our clock are read at one instant. */
function shareOf(part: number | null, whole: number | null): number | null {
  if (part === null || whole === null || whole <= 0) return null;
  return Math.min(1, Math.max(0, part / whole));
}
