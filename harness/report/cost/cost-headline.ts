import type { CostResult } from '../../analysis/cost/cost-result.ts';
import { usualVariant } from '../../analysis/cost/summarize-cost.ts';
import { formatMs, formatRatio } from '../format.ts';
import { formatMegabytes } from './megabytes.ts';

/** The answer: what a new one costs, against the use of one that is there, and what an idle one takes. */
export function costHeadline(result: CostResult): string {
  const { variants, connectionPerQuery, memory, verdict } = result;
  const usual = usualVariant(variants);
  const query = usual?.phases.warmQuery ?? null;
  const time =
    usual === null || query === null || connectionPerQuery === null
      ? 'no connection could be measured here'
      : `a new connection costs ${formatMs(usual.connection.p50Ms)} here (${usual.name}), a query on an open one ${formatMs(query.p50Ms)}: ${formatRatio(connectionPerQuery)} ×`;
  const doubted = verdict === 'VALID' ? '' : `; ${verdict}, see the end`;
  return memory.state === 'absent'
    ? time + doubted
    : `${time}; an idle backend takes ${formatMegabytes(memory.fresh.pssBytes)}, ${formatMegabytes(memory.aged.pssBytes)} after work${doubted}`;
}
