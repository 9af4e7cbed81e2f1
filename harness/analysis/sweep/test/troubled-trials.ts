import type { Cell } from '../../../plan/sweep/cells.ts';
import { fakeTrial } from '../../../test/fake-sweep.ts';
import type { WatchedTrial } from '../../trial-result.ts';
import type { CellTrial } from '../cell-rounds.ts';

/** What happens to the first nine cells; the others are measured without any trouble. */
export function troubledTrial(cell: Cell, round: number): CellTrial | null {
  const index = Number(cell.id.slice(1));
  const trial = fakeTrial({ cell, round, plan: cell.plan });
  const measured = (changes: Partial<WatchedTrial>): CellTrial => ({
    state: 'measured',
    round,
    result: { ...trial, ...metThresholds(trial), ...changes },
  });
  switch (index) {
    case 1:
      return null;
    case 2:
      return failedTrial(round);
    case 3:
      return round === 2 ? failedTrial(round) : measured({});
    case 4:
      return round === 3 ? null : measured({});
    case 5:
      return measured(round === 2 ? invalidChanges() : {});
    case 6:
      return measured(invalidChanges());
    case 7:
      return measured(overloadedChanges(trial));
    case 8:
      return measured(starvedChanges(trial));
    case 9:
      return measured(missedThresholds());
    default:
      return measured({});
  }
}

export function invalidChanges(): Partial<WatchedTrial> {
  return {
    verdict: 'INVALID',
    caveats: [
      {
        code: 'generator_busy',
        grade: 'INVALID',
        detail: 'the generator was busy 97 % of the time',
        advice: 'Stop what else runs.',
      },
    ],
  };
}

export function overloadedChanges({ steadyState, latencyMs }: WatchedTrial): Partial<WatchedTrial> {
  return {
    verdict: 'DEGRADED',
    caveats: [
      {
        code: 'overloaded',
        grade: 'DEGRADED',
        detail: 'requests in flight grow by 212.0/s',
        advice: 'Lower --rate.',
      },
    ],
    steadyState: { ...steadyState, state: 'overloaded', backlogPerSecond: 212 },
    throughputPerSecond: null,
    throughputInterval: null,
    goodputPerSecond: null,
    goodputInterval: null,
    latencyMs: {
      ...latencyMs,
      ok: {
        ...latencyMs.ok,
        mean: null,
        max: null,
        p50: null,
        p90: null,
        p95: null,
        p99: null,
        p999: null,
      },
      okIntervals: { p50: null, p90: null, p95: null, p99: null, p999: null },
      okHistogram: null,
    },
  };
}

export function starvedChanges({ requests, attempts }: WatchedTrial): Partial<WatchedTrial> {
  const httpErrors = { pool_timeout: 17 };
  return {
    requests: { ...requests, scheduled: requests.scheduled + 17, httpErrors },
    attempts: { ...attempts, started: attempts.started + 17, httpErrors },
  };
}

function metThresholds({ plan }: WatchedTrial): Pick<WatchedTrial, 'thresholds'> {
  return {
    thresholds: plan.thresholds.map((expression) => ({ expression, met: true, detail: '20 < 50' })),
  };
}

function missedThresholds(): Partial<WatchedTrial> {
  return {
    thresholds: [
      { expression: 'latency.p99<50ms', met: false, detail: '73.2 ms ≥ 50 ms' },
      { expression: 'goodput>=100/s', met: true, detail: '812/s ≥ 100/s' },
    ],
  };
}

export function failedTrial(round: number): CellTrial {
  return {
    state: 'failed',
    round,
    error: {
      code: 'POSTGRES_START_FAILED',
      message: 'PostgreSQL did not start: could not map 2 GB of shared memory',
      hint: 'Lower --max-connections.',
    },
  };
}
