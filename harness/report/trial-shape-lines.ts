import type { PoolShape } from '../../server/contract.ts';
import type { BudgetObservation, MeasuredTrial } from '../analysis/trial-result.ts';
import { DIALECTS, hasOverflow, inDialect } from '../sizing/dialect.ts';
import { splitShape } from '../sizing/split-shape.ts';
import { formatCount, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';
import { shapeText } from './shape-text.ts';
import { type Finding, trialHeadline } from './trial-headline.ts';

/** The dialects most readers look for; `pool-lab budget --dialect` has them all. */
const DIALECTS_SHOWN = ['sqlalchemy', 'hikari', 'rails', 'django-pool', 'pg', 'prisma'];

/** Findings about a fitting pool that do not speak against it. */
const NO_OBJECTION: readonly Finding[] = ['FITS', 'NOT EXHAUSTED THIS TIME'];

/**
 * The shape to write down: the trial's own where it fits, else the largest that would. One that fits
 * and starved, or of which nothing is known, is no advice; how much room there is, is.
 */
export function trialShapeLines(trial: MeasuredTrial): readonly ReportLine[] {
  const { plan, budget } = trial;
  if (budget === null) return [];
  const { fits, fitsDuringRollout, clients } = budget.predicted;
  if (budget.reached === 'unknown' || !budget.shapeKnown) return [];
  if (trialHeadline(trial).finding === 'NO CONNECTION') return [];
  const workers = plan.workers + plan.rolloutSurge;
  // The pools are bounded by what takes their connections.
  const usable = clients?.clients ?? budget.predicted.usable;
  const perWorker = Math.floor(usable / workers);
  const overbooked = overbookedLines(budget.predicted);
  if (overbooked.length > 0) return overbooked;
  if (plan.rolloutSurge > 0 ? fitsDuringRollout : fits) {
    return NO_OBJECTION.includes(trialHeadline(trial).finding)
      ? spelt('FITS', () => plan.pool)
      : [
          {
            label: 'ROOM',
            text: `up to ${plural(perWorker, 'connection')} a worker fit: ${formatCount(usable)} ${clients === null ? 'usable' : 'clients of PgBouncer'} for ${plural(workers, 'worker')}; which of them is best, only measuring tells`,
          },
        ];
  }
  if (perWorker < 1) {
    return [
      { label: 'WOULD FIT', text: `nothing: ${usable} usable for ${formatCount(workers)} workers` },
    ];
  }
  // A pool without an overflow may be one that has none.
  const overflows = plan.pool.maxOverflow !== 0;
  const shapes = (): readonly ReportLine[] =>
    spelt('WOULD FIT', (withOverflow) =>
      splitShape(perWorker, { withOverflow: withOverflow && overflows }),
    );
  if (clients === null) return shapes();
  const claim = plan.rolloutSurge > 0 ? clients.rolloutCeiling : clients.ceiling;
  if (claim === null) return [{ label: 'WOULD FIT', text: clientsOfUnbounded(budget) }];
  return [...shapes(), { label: '', text: `or max_client_conn = ${claim} in PgBouncer` }];
}

/** A pooler that wants more of PostgreSQL than there is: no shape of the pools changes that. */
function overbookedLines({
  usable,
  clients,
}: BudgetObservation['predicted']): readonly ReportLine[] {
  if (clients === null || clients.servers <= usable) return [];
  return [
    {
      label: 'WOULD FIT',
      text: `default_pool_size and reserve_pool_size of ${formatCount(usable)} together, for this one user, database and process of PgBouncer: each further one has as many again`,
    },
  ];
}

/** Pools without a limit are as many clients as there are requests at the same time. */
function clientsOfUnbounded(budget: BudgetObservation): string {
  const reachable = budget.clients?.reachable ?? null;
  const here = reachable === null ? '' : `, ${formatCount(reachable)} by this load`;
  return `a max_client_conn of PgBouncer above the most requests at the same time${here}: the pools have no limit of their own`;
}

function spelt(
  label: string,
  shapeOf: (withOverflow: boolean) => PoolShape,
): readonly ReportLine[] {
  const codes = DIALECTS.filter((dialect) => DIALECTS_SHOWN.includes(dialect)).flatMap(
    (dialect) => inDialect(dialect, shapeOf(hasOverflow(dialect)))?.code ?? [],
  );
  return [
    { label, text: `${shapeText(shapeOf(true))} a worker, written as` },
    ...codes.map((text) => ({ label: '', text })),
  ];
}
