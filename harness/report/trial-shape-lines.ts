import type { PoolShape } from '../../server/contract.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { DIALECTS, hasOverflow, inDialect } from '../sizing/dialect.ts';
import { splitShape } from '../sizing/split-shape.ts';
import { formatCount } from './format.ts';
import type { ReportLine } from './report-line.ts';
import { shapeText } from './shape-text.ts';

/** The dialects most readers look for; `pool-lab budget --dialect` has them all. */
const DIALECTS_SHOWN = ['sqlalchemy', 'hikari', 'rails', 'django-pool', 'pg', 'prisma'];

/** The shape to write down: the trial's own where it fits, else the largest that would. */
export function trialShapeLines({ plan, budget }: MeasuredTrial): readonly ReportLine[] {
  const { usable, fits, fitsDuringRollout } = budget.predicted;
  const workers = plan.workers + plan.rolloutSurge;
  if (plan.rolloutSurge > 0 ? fitsDuringRollout : fits) return spelt('FITS', () => plan.pool);
  const perWorker = Math.floor(usable / workers);
  if (perWorker < 1) {
    return [
      { label: 'WOULD FIT', text: `nothing: ${usable} usable for ${formatCount(workers)} workers` },
    ];
  }
  return spelt('WOULD FIT', (withOverflow) => splitShape(perWorker, { withOverflow }));
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
