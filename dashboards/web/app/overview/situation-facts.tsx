import type { VNode } from 'preact';
import { BOTTLENECK_WORDS } from '../../../../harness/report/bottleneck-words.ts';
import { formatMs, formatRate, formatRatio, plural } from '../../../../harness/report/format.ts';
import { intervalText } from '../../../../harness/report/interval-text.ts';
import { isUndecided } from '../../../../harness/report/sweep/best-doubts.ts';
import { CellLinks } from '../parts/cell-links.tsx';
import { Fact, FactEstimate } from '../parts/fact.tsx';
import { ratioText, timesText } from '../parts/ratio-text.ts';
import { ShapeName } from '../parts/shape-name.tsx';
import { useReport } from '../sweep-context.ts';
import type { Situation } from '../sweep-types.ts';

/** The best cell in numbers, and what choosing wrong costs. */
export function SituationFacts({ situation }: { readonly situation: Situation }): VNode | null {
  const { view } = useReport();
  const best = view.cell(situation.best);
  const worst = view.cell(situation.worst);
  if (best === null) return null;
  const { goodput, latencyMsP99 } = situation.bestOverWorst ?? {};
  const { ceiling, usable } = view.budget(best);
  return (
    <dl class="facts">
      <Fact name={isUndecided(view, situation) ? 'Best by its number alone' : 'Best'}>
        <ShapeName text={view.name(best)} />
        <small>
          {ceiling === null ? 'without bound' : plural(ceiling, 'connection')} of {usable} usable
        </small>
      </Fact>
      <Fact name="Answers in time/s">
        <FactEstimate of={best.goodputPerSecond} format={formatRate} />
      </Fact>
      <Fact name="p99 latency">
        <FactEstimate of={best.latencyMsP99} format={formatMs} />
      </Fact>
      {goodput === null || goodput === undefined || worst === null ? null : (
        <Fact name="Over the worst">
          {timesText(goodput)}
          <small>
            <ShapeName text={view.name(worst)} />: {ratioText(goodput)}
            {latencyMsP99?.finding === 'higher' || latencyMsP99?.finding === 'lower'
              ? `; its p99 is ${formatRatio(latencyMsP99.ratio)}${intervalText(latencyMsP99.interval, formatRatio)} × as long`
              : ''}
          </small>
        </Fact>
      )}
      {best.bottleneck === null ? null : (
        <Fact name="The best is limited by">{BOTTLENECK_WORDS[best.bottleneck.kind]}</Fact>
      )}
      {situation.notDistinguishable.length === 0 ? null : (
        <Fact name="Cannot be told from it">
          <small>
            <CellLinks ids={situation.notDistinguishable} />
          </small>
        </Fact>
      )}
    </dl>
  );
}
