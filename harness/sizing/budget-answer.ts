import type { PoolShape, RefusalReason } from '../../server/contract.ts';
import {
  computeDeploymentBudget,
  type Deployment,
  type DeploymentBudget,
  type Situation,
} from './deployment-budget.ts';
import { type Dialect, type DialectText, hasOverflow, inDialect } from './dialect.ts';
import { splitShape } from './split-shape.ts';
import { firstRefusal, type SlotSettings } from './usable-slots.ts';

/** What the arithmetic says, the worst first. Only `fits` survives every situation asked for. */
export const BUDGET_VERDICTS = [
  'unbounded',
  'over',
  'over-during-rollout',
  'over-when-autoscaled',
  'fits',
] as const;
export type BudgetVerdict = (typeof BUDGET_VERDICTS)[number];

/** A shape that would fit, in the user's words. */
export interface FittingShape {
  readonly shape: PoolShape;
  readonly processes: number;
  /** `processes × (pool_size + max_overflow)`. */
  readonly connections: number;
  readonly text: DialectText | null;
}

export interface BudgetAnswer {
  readonly verdict: BudgetVerdict;
  readonly budget: DeploymentBudget;
  /** Largest shape that fits with today's pods; `null`: not even one connection each. */
  readonly largestNow: FittingShape | null;
  /** Largest shape that fits in every situation. */
  readonly largestSafe: FittingShape | null;
  /** How the first connection beyond the usable ones is refused. */
  readonly refusal: RefusalReason;
}

export interface BudgetQuestion {
  readonly deployment: Deployment;
  readonly slots: SlotSettings;
  readonly dialect: Dialect;
}

export function answerBudget({ deployment, slots, dialect }: BudgetQuestion): BudgetAnswer {
  const budget = computeDeploymentBudget(deployment, slots);
  const { claim } = deployment;
  const withOverflow = hasOverflow(dialect) && claim.most !== claim.idle;
  const fitting = (perProcess: number, processes: number): FittingShape | null => {
    if (perProcess < 1) return null;
    const shape = splitShape(perProcess, { withOverflow });
    return {
      shape,
      processes,
      connections: processes * perProcess,
      text: inDialect(dialect, shape),
    };
  };
  const processesMost = Math.max(...budget.situations.map(({ processes }) => processes));
  return {
    verdict: verdictOf(budget),
    budget,
    largestNow: fitting(budget.perProcessNow, deployment.replicas * deployment.workers),
    largestSafe: fitting(budget.perProcessSafe, processesMost),
    refusal: firstRefusal(slots),
  };
}

function verdictOf({ situations }: DeploymentBudget): BudgetVerdict {
  const over = (...names: readonly Situation[]): boolean =>
    situations.some(({ situation, fits }) => names.includes(situation) && !fits);
  if (situations.some(({ connections }) => connections === null)) return 'unbounded';
  if (over('floor', 'ceiling')) return 'over';
  if (over('rollout')) return 'over-during-rollout';
  return over('autoscaled', 'autoscaled-rollout') ? 'over-when-autoscaled' : 'fits';
}
