import type { MeasuredTrial } from '../../analysis/trial-result.ts';
import type { Axes } from '../../plan/sweep/sweep-plan.ts';
import type { PlannedTrial } from '../../plan/sweep/trial-order.ts';
import { formatCount, formatMs, formatRate } from '../format.ts';
import { cellText, situationText } from './cell-words.ts';
import { plainText } from './plain-text.ts';

/** `4 × (8+5)`, after the situation where the sweep has several. */
export function trialText({ cell }: Pick<PlannedTrial, 'cell'>, axes: Axes): string {
  const { variables } = cell;
  const text = cellText(variables, axes);
  const single = [axes.workload, axes.load, axes.dbRttMs].every(({ length }) => length === 1);
  return single ? text : `${situationText(variables, axes)}: ${text}`;
}

/** What one trial found, in half a line: `812/s in time, p99 12 ms, 31 refused, DEGRADED`. */
export function outcomeText(
  result: Pick<
    MeasuredTrial,
    'goodputPerSecond' | 'wholeRun' | 'latencyMs' | 'refusals' | 'verdict'
  >,
): string {
  const { goodputPerSecond, wholeRun, latencyMs, refusals, verdict } = result;
  return [
    goodputPerSecond === null
      ? `no steady rate (${formatRate(wholeRun.goodputPerSecond)}/s in time on the whole)`
      : `${formatRate(goodputPerSecond)}/s in time`,
    latencyMs.ok.p99 === null ? [] : `p99 ${formatMs(latencyMs.ok.p99)}`,
    refusals.total === 0 ? [] : `${formatCount(refusals.total)} refused`,
    verdict,
  ]
    .flat()
    .join(', ');
}

export function failureText({
  code,
  message,
}: {
  readonly code: string;
  readonly message: string;
}): string {
  return `FAILED, ${code}: ${plainText(message)}`;
}
