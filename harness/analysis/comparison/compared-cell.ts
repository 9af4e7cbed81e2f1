import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import type { TrialPlan } from '../../plan/trial-plan.ts';
import { believableRounds } from '../sweep/round-rates.ts';
import type { CellResult, CellRound } from '../sweep/sweep-result.ts';
import type { Environment } from '../trial-machine.ts';
import type { ComparedSide } from './comparison-result.ts';

/** A cell as it was measured, alone, whatever its run found of the others. */
export type MeasuredCell = Omit<CellResult, 'rank' | 'againstBest'>;
export type ComparedRound = ReturnType<typeof believableRounds>[number];

/** One side of a comparison. */
export interface ComparedCell {
  /** As the user named it. */
  readonly given: string;
  /** Name within its run; `null` for what a file holds. */
  readonly id: string | null;
  /** The same for cells that were measured in turns, in one run. */
  readonly run: string;
  readonly roundsAll: SweepPlan['rounds'];
  readonly plan: TrialPlan;
  readonly environment: Environment;
  readonly result: MeasuredCell;
}

/** One round, as both sides had it. */
export interface RoundPair {
  readonly round: number;
  readonly left: ComparedRound;
  readonly right: ComparedRound;
}

/** Its rounds that may be believed, by number. */
export function roundsThatCount({
  result,
}: Pick<ComparedCell, 'result'>): readonly ComparedRound[] {
  return believableRounds(result.rounds);
}

/** Why nothing of a cell can be compared; `null` where something can. */
export function whyNothingCounts(cell: Pick<ComparedCell, 'result'>): string | null {
  if (roundsThatCount(cell).length > 0) return null;
  const { rounds } = cell.result;
  if (rounds.length === 0) return 'none of its rounds was measured';
  const reasons = new Map<string, number[]>();
  for (const it of rounds) {
    const reason = reasonAgainst(it);
    if (reason !== null) reasons.set(reason, [...(reasons.get(reason) ?? []), it.round]);
  }
  return `no round may be believed: ${[...reasons]
    .map(([reason, numbers]) => `${reason} (round ${numbers.join(', ')})`)
    .join('; ')}`;
}

/** Why a round does not enter; `null` where it does. */
export function reasonAgainst(round: CellRound): string | null {
  if (round.state === 'failed') return `failed: ${round.error.code}`;
  if (round.verdict !== 'INVALID') return null;
  return round.caveats.length === 0 ? 'INVALID' : `INVALID: ${round.caveats.join(', ')}`;
}

export function sideOf(cell: ComparedCell): ComparedSide {
  const { plan, result, given, id, environment } = cell;
  const { kind, poolSize, maxOverflow } = plan.pool;
  const counting = roundsThatCount(cell);
  return {
    given,
    cell: id,
    workload: plan.workload,
    load: plan.load.model,
    workers: plan.workers,
    pool: { kind, poolSize, maxOverflow },
    shapeKnown: plan.service?.shapeKnown ?? true,
    maxConnections: environment.postgres === null ? null : plan.postgres.maxConnections,
    goodputDeadlineMs: plan.load.goodputDeadlineMs,
    state: result.state,
    verdict: result.verdict,
    caveats: [...new Set(result.caveats.map(({ code }) => code))],
    requests: result.requests,
    failures: result.failures,
    budget: result.budget,
    connections: result.connections,
    rounds: { all: Math.max(cell.roundsAll, result.rounds.length), believable: counting.length },
    startedAt: counting.map(({ startedAt }) => startedAt).toSorted()[0] ?? '',
  };
}
