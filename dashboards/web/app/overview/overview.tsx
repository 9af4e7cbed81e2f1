import type { VNode } from 'preact';
import { situationText } from '../../../../harness/report/sweep/cell-words.ts';
import { useReport } from '../sweep-context.ts';
import { EnvironmentSection } from './environment-section.tsx';
import { PageHeader } from './page-header.tsx';
import { ReproduceSection } from './reproduce-section.tsx';
import { SituationSection, situationId } from './situation-section.tsx';
import { ThresholdsSection } from './thresholds-section.tsx';
import { TrustSection } from './trust-section.tsx';

/** The whole sweep: the verdict, then each situation, then what holds for all of it. */
export function Overview(): VNode {
  const { situations } = useReport().data.result;
  return (
    <>
      <PageHeader />
      <Contents />
      {situations.map((situation, index) => (
        <SituationSection key={index} situation={situation} index={index} />
      ))}
      <ThresholdsSection />
      <TrustSection />
      <EnvironmentSection />
      <ReproduceSection />
    </>
  );
}

function Contents(): VNode {
  const { result } = useReport().data;
  const { situations, plan, cells } = result;
  const places = [
    ...situations.map((situation, index) => [
      situationId(index),
      situationText(situation, plan.axes),
    ]),
    ...(cells.some(({ thresholds }) => thresholds.length > 0)
      ? [['thresholds', 'Thresholds']]
      : []),
    ['trust', 'May this be believed?'],
    ['environment', 'Where this holds'],
    ['reproduce', 'Measure it again'],
  ];
  return (
    <nav class="contents screen-only" aria-label="On this page">
      <ul>
        {places.map(([id, name]) => (
          <li key={id}>
            <a href={`#${id}`}>{name}</a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
