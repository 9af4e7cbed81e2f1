import type { PoolShape } from '../../server/contract.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
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
  const { usable, fits, fitsDuringRollout } = budget.predicted;
  const workers = plan.workers + plan.rolloutSurge;
  const perWorker = Math.floor(usable / workers);
  if (plan.rolloutSurge > 0 ? fitsDuringRollout : fits) {
    return NO_OBJECTION.includes(trialHeadline(trial).finding)
      ? spelt('FITS', () => plan.pool)
      : [
          {
            label: 'ROOM',
            text: `up to ${plural(perWorker, 'connection')} a worker fit: ${formatCount(usable)} usable for ${plural(workers, 'worker')}; which of them is best, only measuring tells`,
          },
        ];
  }
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
