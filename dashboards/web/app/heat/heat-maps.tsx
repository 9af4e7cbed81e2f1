import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { useAppearance } from '../appearance.ts';
import type { IconName } from '../parts/icon.tsx';
import { Segments } from '../parts/segments.tsx';
import { useReport } from '../sweep-context.ts';
import type { Situation } from '../sweep-types.ts';
import { budgetEdges } from './budget-edges.ts';
import { standingOf } from './cell-label.ts';
import { HeatLegend } from './heat-legend.tsx';
import { HeatMap } from './heat-map.tsx';
import { heatScale } from './heat-scale.ts';
import { MEASURE, MEASURES, type Measure, type MeasureName } from './measures.ts';
import { panelGrid } from './panel-grid.ts';

const LABELS: Readonly<Record<MeasureName, string>> = {
  goodput: 'Answers in time',
  latency: 'p99 latency',
  errors: 'Failures',
};

/** All heat maps of a situation, of one measure at a time; on paper of all of them. */
export function HeatMaps({ situation }: { readonly situation: Situation }): VNode {
  const [chosen, choose] = useState<MeasureName>('goodput');
  const { printing } = useAppearance();
  return (
    <>
      <Segments
        legend="What the maps show"
        options={MEASURES.map((value) => ({ value, label: LABELS[value] }))}
        chosen={chosen}
        choose={choose}
      />
      {(printing ? MEASURES : [chosen]).map((name) => (
        <MeasuredMaps key={name} situation={situation} measure={MEASURE[name]} />
      ))}
    </>
  );
}

function MeasuredMaps(props: { readonly situation: Situation; readonly measure: Measure }): VNode {
  const { situation, measure } = props;
  const { view } = useReport();
  const cells = view.cellsOf(situation);
  const scale = useMemo(() => heatScale(cells.map(measure.valueOf), measure), [situation, measure]);
  const standings = [...new Set(cells.map((cell) => standingOf(cell, situation)))];
  const lines = new Set(
    situation.panels
      .flatMap((panel) => budgetEdges(panelGrid(panel, view).fits).flat(2))
      .map(({ line }) => line),
  );
  return (
    <>
      <HeatLegend
        measure={measure}
        scale={scale}
        standings={ORDER.filter((name) => standings.includes(name))}
        lines={{ budget: lines.has('budget'), rollout: lines.has('rollout') }}
      />
      <div
        class="heat-panels"
        style={{
          '--columns': String(Math.max(...situation.panels.map((panel) => panel.poolSizes.length))),
        }}
      >
        {situation.panels.map((panel, index) => (
          <HeatMap
            key={index}
            panel={panel}
            situation={situation}
            measure={measure}
            scale={scale}
          />
        ))}
      </div>
    </>
  );
}

/** As the legend lists them: the best first, then from the worst to the least. */
const ORDER: readonly IconName[] = [
  'best',
  'alike',
  'exhausted',
  'overloaded',
  'starved',
  'failing',
  'threshold_missed',
  'invalid',
  'not_measured',
];
