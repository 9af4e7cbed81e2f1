import type { VNode } from 'preact';
import { formatMs } from '../../../../harness/report/format.ts';
import { shortLoadText, situationText } from '../../../../harness/report/sweep/cell-words.ts';
import { HeatMaps } from '../heat/heat-maps.tsx';
import { Lazy } from '../parts/lazy.tsx';
import { useReport } from '../sweep-context.ts';
import type { Situation } from '../sweep-types.ts';
import { Curves } from './curves.tsx';
import { Dialects } from './dialects.tsx';
import { LinesTable } from './lines-table.tsx';
import { RankingTable } from './ranking-table.tsx';
import { SituationFacts } from './situation-facts.tsx';

/** Roughly, until they are made: the facts with the maps, and what follows them. */
const MAPS_HEIGHT_PX = 560;
const REST_HEIGHT_PX = 1_400;

/** All about one workload under one load: within it cells are compared, and never across. */
export function SituationSection(props: {
  readonly situation: Situation;
  readonly index: number;
}): VNode {
  const { situation, index } = props;
  const { plan } = useReport().data.result;
  const deadline = formatMs(plan.base.load.goodputDeadlineMs);
  return (
    <section
      class="section"
      id={situationId(index)}
      aria-labelledby={`${situationId(index)}-title`}
    >
      <div class="section-head">
        <h2 id={`${situationId(index)}-title`}>{situationText(situation, plan.axes)}</h2>
        <span class="muted">
          {shortLoadText(situation.load)}; in time is within {deadline}
        </span>
      </div>
      {index === 0 ? (
        <Maps situation={situation} />
      ) : (
        <Lazy heightPx={MAPS_HEIGHT_PX}>{() => <Maps situation={situation} />}</Lazy>
      )}
      <Lazy heightPx={REST_HEIGHT_PX}>
        {() => (
          <>
            <Curves situation={situation} />
            <RankingTable situation={situation} />
            <LinesTable situation={situation} />
            <Dialects situation={situation} index={index} />
          </>
        )}
      </Lazy>
    </section>
  );
}

/** The first situation's are made at once: they are what the reader sees first. */
function Maps({ situation }: { readonly situation: Situation }): VNode {
  return (
    <>
      <SituationFacts situation={situation} />
      <div class="subsection">
        <h3>Every configuration</h3>
        <HeatMaps situation={situation} />
      </div>
    </>
  );
}

export function situationId(index: number): string {
  return `situation-${index + 1}`;
}
