import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { Pooler } from '../plan/pooler.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { formatClaim, formatCount, formatUsable, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';
import { shapeText } from './shape-text.ts';

/** `transaction mode, 20 connections, at most 100 clients`: of a plan. */
export function poolerText({
  mode,
  defaultPoolSize,
  reservePoolSize,
  maxClientConn,
}: Pooler): string {
  const reserve = reservePoolSize === 0 ? '' : ` + ${formatCount(reservePoolSize)} in reserve`;
  return `${mode} mode, ${plural(defaultPoolSize, 'connection')}${reserve}, at most ${plural(maxClientConn, 'client')}`;
}

/** As it stands behind what is measured, e.g. `, through PgBouncer (…)`. */
export function throughText(pooler: Pooler | null): string {
  return pooler === null ? '' : `, through PgBouncer (${poolerText(pooler)})`;
}

/** Of many trials: what all of them had between API and PostgreSQL. Which statements it carries, each trial tells. */
export function poolerOfPlanLines({
  pooler,
  preparedStatements,
}: Pick<TrialPlan, 'pooler' | 'preparedStatements'>): readonly ReportLine[] {
  if (pooler === null) return [];
  const statements =
    pooler.mode === 'transaction' && preparedStatements === 'auto'
      ? '; named statements are off where its version cannot carry them (before 1.21)'
      : '';
  return [{ label: 'POOLER', text: `PgBouncer, ${poolerText(pooler)}${statements}` }];
}

/** What the deployment claims against what there is for it, in one sentence that ends with the usable slots. */
export function claimText({ plan, budget, api }: MeasuredTrial): string {
  if (budget === null) return 'Its database was not in sight';
  const { predicted, reached } = budget;
  const pools = `${plural(plan.workers, 'worker')} × ${shapeText(plan.pool)}`;
  const during = plan.rolloutSurge > 0 ? ', in a rolling deploy' : '';
  const usable = formatUsable(predicted.usable);
  const claimOf = (claims: {
    readonly ceiling: number | null;
    readonly rolloutCeiling: number | null;
  }): number | null => (plan.rolloutSurge > 0 ? claims.rolloutCeiling : claims.ceiling);
  if (!budget.shapeKnown) return `What the service may open was not told; ${usable}`;
  if (reached === 'unknown') {
    return `${pools} connect through ${api.via}, which did not tell its limits; ${usable}`;
  }
  const { clients } = predicted;
  if (clients === null)
    return `${pools} can open ${formatClaim(claimOf(predicted))}${during}; ${usable}`;
  return `${pools} can be ${formatClaim(claimOf(clients))} clients${during} where PgBouncer takes ${formatCount(clients.clients)}, and it opens ${formatClaim(claimOf(predicted))}; ${usable}`;
}

/** Who refused, as far as can be told by the requests' own reasons; retries leave only the arithmetic's. */
export function refusedBy({
  refusals,
  budget,
}: Pick<MeasuredTrial, 'refusals' | 'budget'>): 'postgres' | 'pooler' | 'both' {
  const byPooler = refusals.byReason.pooler_clients ?? 0;
  if (byPooler === 0 && budget?.clients?.observedRefusals !== true) return 'postgres';
  return byPooler === refusals.total ? 'pooler' : 'both';
}
