import type { Host } from '../analysis/trial-result.ts';
import type { CanaryReading } from '../load/stubs/timer-canary.ts';

/**
 * From here on a host is noisy. An idle process fires its timers up to 1 ms late, since they count whole
 * milliseconds; beyond twice that, somebody else had the CPU in one of a hundred moments, and a row
 * that must be right to 1 ms at its 99th percentile says nothing about the engine any more.
 */
export const NOISY_P99_MS = 2;
/** The same of one moment in a thousand, for rows that are judged there. */
export const NOISY_P999_MS = 5;

/** How late whom was, while one row ran. */
export interface RowNoise {
  /** Of the stub's own process, and of this one, which does nothing meanwhile. */
  readonly stub: CanaryReading;
  readonly harness: CanaryReading;
  /**
   * 99th percentile of the generator's event-loop delay. Shown, and no excuse: a generator that is late
   * while an idle process is not, is late by its own doing.
   */
  readonly generatorMsP99: number;
  readonly host: Host;
}

/** Why the host was too noisy to judge by, in words with numbers; none on a quiet one. */
export function noiseReasons({ stub, harness, host }: RowNoise): readonly string[] {
  const reasons: string[] = [];
  for (const [whose, canary] of [
    ['the stub', stub],
    ['an idle process', harness],
  ] as const) {
    if (canary.p99Ms > NOISY_P99_MS) {
      reasons.push(`${whose} was ${canary.p99Ms.toFixed(1)} ms late at p99`);
    } else if (canary.p999Ms > NOISY_P999_MS) {
      reasons.push(`${whose} was ${canary.p999Ms.toFixed(1)} ms late at p99.9`);
    }
  }
  if (host.throttledPeriods !== null && host.throttledPeriods > 0) {
    reasons.push(`CPU quota used up in ${host.throttledPeriods} periods`);
  }
  if (host.cpuStealShare !== null && host.cpuStealShare > STEAL_SHARE_MAX) {
    reasons.push(`${(host.cpuStealShare * 100).toFixed(1)} % of CPU time stolen`);
  }
  return reasons;
}

const STEAL_SHARE_MAX = 0.01;
