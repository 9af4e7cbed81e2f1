import type { VNode } from 'preact';
import { BOTTLENECK_WORDS } from '../../../../harness/report/bottleneck-words.ts';
import { ABSENT, formatMs, formatRate, formatRatio } from '../../../../harness/report/format.ts';
import { CellLinks } from '../parts/cell-links.tsx';
import type { Estimate } from '../parts/estimate.tsx';
import { ratioText, timesText } from '../parts/ratio-text.ts';
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
      <div>
        <dt>Best</dt>
        <dd>
          {view.name(best)}
          <small>
            {ceiling === null ? 'no bound' : `${ceiling} connections`} of {usable} usable
          </small>
        </dd>
      </div>
      <div>
        <dt>Answers in time per second</dt>
        <dd>
          <Value of={best.goodputPerSecond} format={formatRate} />
        </dd>
      </div>
      <div>
        <dt>p99 latency</dt>
        <dd>
          <Value of={best.latencyMsP99} format={formatMs} />
        </dd>
      </div>
      {goodput === null || goodput === undefined || worst === null ? null : (
        <div>
          <dt>Against the worst, {view.name(worst)}</dt>
          <dd>
            {timesText(goodput)}
            <small>
              {ratioText(goodput)}
              {latencyMsP99 === null || latencyMsP99 === undefined
                ? ''
                : `; its p99 is ${formatRatio(latencyMsP99.ratio)} × as long`}
            </small>
          </dd>
        </div>
      )}
      {best.bottleneck === null ? null : (
        <div>
          <dt>The best is limited by</dt>
          <dd>{BOTTLENECK_WORDS[best.bottleneck.kind]}</dd>
        </div>
      )}
      {situation.notDistinguishable.length === 0 ? null : (
        <div>
          <dt>Cannot be told from it</dt>
          <dd>
            <small>
              <CellLinks ids={situation.notDistinguishable} />
            </small>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Value(props: Parameters<typeof Estimate>[0]): VNode {
  const { of, format } = props;
  if (of === null) return <>{ABSENT}</>;
  return (
    <>
      {format(of.value)}
      {of.interval === null ? null : (
        <small>
          95 %: {format(Math.max(0, of.interval.low))} to {format(of.interval.high)}
        </small>
      )}
    </>
  );
}
