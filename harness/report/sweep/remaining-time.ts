import { TRIAL_OVERHEAD_MS } from '../../plan/sweep/sweep-time.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';

/** Time a trial takes by its plan, without PostgreSQL's start, which many share. */
export function expectedTrialMs({ warmupMs, durationMs }: TrialPlan): number {
  return warmupMs + durationMs + TRIAL_OVERHEAD_MS;
}

/**
 * How long the rest will take: what the plan says of each trial, times how much longer or shorter than
 * that the trials measured so far took.
 */
export class RemainingTime {
  /** By the plan, of the trials that have not ended. */
  #expectedMs: number;
  #measured = { expectedMs: 0, tookMs: 0 };
  #lastEndMs: number;

  constructor(plans: readonly TrialPlan[], nowMs: number) {
    this.#expectedMs = plans.reduce((sum, plan) => sum + expectedTrialMs(plan), 0);
    this.#lastEndMs = nowMs;
  }

  /** A trial that failed says nothing about how long others take. */
  ended(plan: TrialPlan, state: 'measured' | 'failed', nowMs: number): void {
    this.#expectedMs -= expectedTrialMs(plan);
    if (state === 'measured') {
      this.#measured.expectedMs += expectedTrialMs(plan);
      this.#measured.tookMs += nowMs - this.#lastEndMs;
    }
    this.#lastEndMs = nowMs;
  }

  leftMs(nowMs: number): number {
    const { expectedMs, tookMs } = this.#measured;
    const pace = expectedMs === 0 ? 1 : tookMs / expectedMs;
    return Math.max(0, this.#expectedMs * pace - (nowMs - this.#lastEndMs));
  }
}

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];

/** A guess in two units at most: `40 s`, `12 min`, `2 h 5 min`, `1 d 3 h`. */
export function roughDuration(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.ceil(ms / 1_000)} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / MINUTE_MS)} min`;
  const [big, small] = ms < DAY_MS ? [HOUR_MS, MINUTE_MS] : [DAY_MS, HOUR_MS];
  const [bigUnit, smallUnit] = ms < DAY_MS ? ['h', 'min'] : ['d', 'h'];
  const smalls = Math.round(ms / small);
  const rest = smalls % (big / small);
  const whole = `${Math.floor(smalls / (big / small))} ${bigUnit}`;
  return rest === 0 ? whole : `${whole} ${rest} ${smallUnit}`;
}
