import { setTimeout as delay } from 'node:timers/promises';

export interface SamplingAccount {
  readonly samplesMissed: number;
  readonly samplesLate: number;
  readonly sampleGapMsMax: number;
  readonly durationMs: number;
  /** What a sample threw; sampling ended with it. */
  readonly error: unknown;
}

/**
 * Calls `sample` at fixed moments from the start (not "after the last one"), never two at once.
 * Moments that pass during a slow sample are counted as missed, not made up for: a burst of late
 * samples would weigh the time after a stall more than the time before.
 */
export async function sampleOnSchedule(schedule: {
  readonly intervalMs: number;
  readonly signal: AbortSignal;
  readonly now: () => number;
  readonly sample: (elapsedMs: number) => Promise<void>;
}): Promise<SamplingAccount> {
  const { intervalMs, signal, now, sample } = schedule;
  const startedAtMs = now();
  let samplesMissed = 0;
  let samplesLate = 0;
  let sampleGapMsMax = 0;
  let lastMs = 0;
  let error: unknown = null;
  for (let tick = 0; ; tick += 1) {
    await delay(Math.max(0, startedAtMs + tick * intervalMs - now()), undefined, { signal }).catch(
      () => {
        // Aborted: the loop looks at the signal itself.
      },
    );
    if (signal.aborted) break;
    const elapsedMs = now() - startedAtMs;
    if (elapsedMs - tick * intervalMs > intervalMs / 2) samplesLate += 1;
    sampleGapMsMax = Math.max(sampleGapMsMax, elapsedMs - lastMs);
    lastMs = elapsedMs;
    try {
      await sample(elapsedMs);
    } catch (thrown) {
      error = thrown;
      break;
    }
    const passed = Math.floor((now() - startedAtMs) / intervalMs);
    samplesMissed += Math.max(0, passed - tick - 1);
    tick = Math.max(tick, passed - 1);
  }
  const durationMs = now() - startedAtMs;
  return {
    samplesMissed,
    samplesLate,
    sampleGapMsMax: Math.max(sampleGapMsMax, durationMs - lastMs),
    durationMs,
    error,
  };
}
