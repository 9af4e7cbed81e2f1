import type { VNode } from 'preact';
import { BOTTLENECK_WORDS } from '../../../../harness/report/bottleneck-words.ts';
import {
  ABSENT,
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  formatSpread,
} from '../../../../harness/report/format.ts';
import { failedShare } from '../heat/measures.ts';
import { Fact, FactEstimate } from '../parts/fact.tsx';
import { ratioText, timesText } from '../parts/ratio-text.ts';
import type { Cell } from '../sweep-types.ts';

/** The numbers a configuration is judged by. */
export function CellFacts({ cell }: { readonly cell: Cell }): VNode {
  const {
    latencyMs,
    latencyMsP99,
    requests,
    againstBest,
    bottleneck,
    goodputSpread,
    rounds,
    series,
  } = cell;
  const failed = failedShare(cell);
  return (
    <dl class="facts">
      <Fact name="Answers in time/s">
        <FactEstimate of={cell.goodputPerSecond} format={formatRate} />
        {goodputSpread === null ? null : (
          <small>the rounds differ by {formatSpread(goodputSpread)}</small>
        )}
      </Fact>
      <Fact name="Right answers/s">
        <FactEstimate of={cell.throughputPerSecond} format={formatRate} />
      </Fact>
      <Fact name="p99 latency">
        <FactEstimate of={latencyMsP99} format={formatMs} />
        <small>
          p50 {formatMs(latencyMs.p50)}, p95 {formatMs(latencyMs.p95)}, highest{' '}
          {formatMs(latencyMs.max)}
        </small>
      </Fact>
      <Fact name="Failed requests">
        {failed === null ? ABSENT : formatShare(failed)}
        <small>
          {formatCount(requests.failed)} of {formatCount(requests.scheduled)};{' '}
          {cell.budget?.refusalsVisible === false && requests.refused === 0
            ? 'whether any was refused is not seen'
            : `${formatCount(requests.refused)} attempts refused`}
        </small>
      </Fact>
      {againstBest === null ? null : (
        <Fact name="Against the best">
          {timesText(againstBest)}
          <small>{ratioText(againstBest)}</small>
        </Fact>
      )}
      {bottleneck === null ? null : (
        <Fact name="Limited by" wide>
          {BOTTLENECK_WORDS[bottleneck.kind]}
          <small>
            {series !== null && rounds.length > 1 ? `in round ${series.round}: ` : ''}
            {bottleneck.evidence}
          </small>
        </Fact>
      )}
    </dl>
  );
}
