import type { PoolShape, RefusalReason } from '../../server/contract.ts';
import {
  computeDeploymentBudget,
  type Deployment,
  type DeploymentBudget,
  type DeploymentSituation,
  type Situation,
} from './deployment-budget.ts';
import { type Dialect, type DialectText, hasOverflow, inDialect } from './dialect.ts';
import {
  computePooledBudget,
  type PooledDeploymentBudget,
  type PooledQuestion,
} from './pooled-deployment.ts';
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

/** For a deployment that connects to PostgreSQL itself, or with another budget to a pooler. */
export interface BudgetAnswer<Budget = DeploymentBudget> {
  readonly verdict: BudgetVerdict;
  readonly budget: Budget;
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

export type PooledBudgetQuestion = BudgetQuestion & PooledQuestion;

export function answerBudget(question: BudgetQuestion): BudgetAnswer {
  const budget = computeDeploymentBudget(question.deployment, question.slots);
  const claims = budget.situations.map(({ connections, ...rest }) => ({
    ...rest,
    claimed: connections,
  }));
  return { budget, ...answerFor(question, budget, claims) };
}

/** What the arithmetic says of a deployment behind a pooler. */
export function answerPooledBudget(
  question: PooledBudgetQuestion,
): BudgetAnswer<PooledDeploymentBudget> {
  const budget = computePooledBudget(question);
  const claims = budget.situations.map(({ clients, ...rest }) => ({ ...rest, claimed: clients }));
  const found = answerFor(question, budget, claims);
  // Who takes turns in session mode has no pool; what a pool would be called is no advice for it.
  const isAdvice = question.pooler.mode === 'transaction' || question.keepsConnections;
  const unspelt = (shape: FittingShape | null) => shape && { ...shape, text: null };
  return {
    budget,
    ...found,
    ...(isAdvice
      ? {}
      : { largestNow: unspelt(found.largestNow), largestSafe: unspelt(found.largestSafe) }),
  };
}

type JudgedSituation = DeploymentSituation & { readonly fits: boolean };

function answerFor(
  { deployment, slots, dialect }: BudgetQuestion,
  { perProcessNow, perProcessSafe }: Pick<DeploymentBudget, 'perProcessNow' | 'perProcessSafe'>,
  situations: readonly JudgedSituation[],
): Omit<BudgetAnswer, 'budget'> {
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
  const most = Math.max(...situations.map(({ processes }) => processes));
  return {
    verdict: verdictOf(situations),
    largestNow: fitting(perProcessNow, deployment.replicas * deployment.workers),
    largestSafe: fitting(perProcessSafe, most),
    refusal: firstRefusal(slots),
  };
}

function verdictOf(situations: readonly JudgedSituation[]): BudgetVerdict {
  const over = (...names: readonly Situation[]): boolean =>
    situations.some(({ situation, fits }) => names.includes(situation) && !fits);
  if (situations.some(({ claimed }) => claimed === null)) return 'unbounded';
  if (over('floor', 'ceiling')) return 'over';
  if (over('rollout')) return 'over-during-rollout';
  return over('autoscaled', 'autoscaled-rollout') ? 'over-when-autoscaled' : 'fits';
}
