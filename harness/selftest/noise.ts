import type { Host } from '../analysis/trial-machine.ts';
import type { CanaryReading } from '../load/stubs/timer-canary.ts';

/**
 * From here on a host is noisy. An idle process fires its timers up to 1 ms late, since they count whole
 * milliseconds; beyond that, somebody else had the CPU in one of a hundred moments, and a row
 * that must be right to 1 ms at its 99th percentile says nothing about the engine any more.
 */
export const NOISY_P99_MS = 1.5;
/** The same of one moment in a thousand, for rows that are judged there. */
export const NOISY_P999_MS = 3;

/**
 * Share of the time in which some task of the machine waited for a CPU. The self-test alone makes 2 to 4 %
 * on two cores; a canary cannot see who made the generator wait, which is a process of its own.
 */
export const NOISY_PRESSURE_SHARE = 0.1;
const STEAL_SHARE_MAX = 0.01;

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
  const { cpuPressureShare } = host;
  if (cpuPressureShare !== null && cpuPressureShare > NOISY_PRESSURE_SHARE) {
    const percent = Math.round(cpuPressureShare * 100);
    reasons.push(`something had to wait for a CPU in ${percent} % of the time`);
  }
  return reasons;
}
