import { countCells } from '../../plan/sweep/count-cells.ts';
import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import type { WatchedEnvironment } from '../trial-machine.ts';
import { CAVEAT_CODES } from '../verdict/caveat-codes.ts';
import { CAVEAT_ADVICE } from '../verdict/caveats.ts';
import { judgeSituations } from './situations.ts';
import type { SummarizedCell } from './summarize-cell.ts';
import { SWEEP_RESULT_SCHEMA_VERSION, type SweepResult } from './sweep-result.ts';

/** What a result needs besides its cells. */
export interface SweepFacts {
  readonly plan: SweepPlan;
  /** SHA-256 of the plan, hexadecimal. */
  readonly planHash: string;
  /** ISO 8601, UTC; so is `lastTrialAt`. */
  readonly createdAt: string;
  /** Sentences about what could not be used. */
  readonly damage: readonly string[];
  /** Of the first measured trial; a run is measured on one machine. */
  readonly environment: WatchedEnvironment | null;
  /** Of all trials. */
  readonly unseen: readonly string[];
  readonly lastTrialAt: string | null;
}

/**
 * The cells of a run compared, situation by situation. The order in which they come changes nothing.
 */
export function summarizeSweep(
  cells: readonly SummarizedCell[],
  { plan, planHash, createdAt, damage, environment, unseen, lastTrialAt }: SweepFacts,
): SweepResult {
  const ordered = cells.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const judged = judgeSituations(ordered, plan);
  const rounds = ordered.flatMap((cell) => cell.rounds);
  const trials = {
    planned: countCells(plan.axes) * plan.rounds,
    measured: rounds.filter(({ state }) => state === 'measured').length,
    failed: rounds.filter(({ state }) => state === 'failed').length,
  };
  const codes = new Set(ordered.flatMap(({ caveats }) => caveats.map(({ code }) => code)));
  return {
    schemaVersion: SWEEP_RESULT_SCHEMA_VERSION,
    state: 'sweep',
    plan,
    planHash,
    createdAt,
    lastTrialAt,
    trials,
    damage: [...damage],
    environment,
    unseen: [...unseen],
    verdict: verdictOfSweep(ordered, trials.measured === trials.planned && damage.length === 0),
    advice: Object.fromEntries(
      CAVEAT_CODES.filter((code) => codes.has(code)).map((code) => [code, CAVEAT_ADVICE[code]]),
    ),
    situations: judged.map(({ situation }) => situation),
    cells: judged.flatMap((it) => it.cells).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

/** A sweep with a hole is believed with care, one without a believable cell not at all. */
function verdictOfSweep(
  cells: readonly SummarizedCell[],
  complete: boolean,
): SweepResult['verdict'] {
  const verdicts = new Set(cells.map(({ verdict }) => verdict));
  if (!verdicts.has('VALID') && !verdicts.has('DEGRADED')) return 'INVALID';
  const allValid = verdicts.size === 1 && verdicts.has('VALID');
  return allValid && complete ? 'VALID' : 'DEGRADED';
}
