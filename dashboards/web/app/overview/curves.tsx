import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { panelText } from '../../../../harness/report/sweep/cell-words.ts';
import { Chart } from '../chart/chart.tsx';
import { type CurveAxis, curveSpecs } from '../chart/curve-specs.ts';
import { panelGrid } from '../heat/panel-grid.ts';
import { Segments } from '../parts/segments.tsx';
import { useReport } from '../sweep-context.ts';
import type { Panel, Situation } from '../sweep-types.ts';

const AXES: readonly { readonly value: CurveAxis; readonly label: string }[] = [
  { value: 'pool_size', label: 'Over pool size' },
  { value: 'connections', label: 'Over connections' },
];

/** Throughput and latency of every panel that has a line to draw. */
export function Curves({ situation }: { readonly situation: Situation }): VNode | null {
  const [axis, setAxis] = useState<CurveAxis>('pool_size');
  const panels = situation.panels.filter(({ poolSizes }) => poolSizes.length > 1);
  if (panels.length === 0) return null;
  return (
    <div class="subsection">
      <h3>What more connections bring</h3>
      <Segments
        legend="What the curves are drawn over"
        options={AXES}
        chosen={axis}
        choose={setAxis}
      />
      {panels.map((panel, index) => (
        <PanelCurves key={index} panel={panel} axis={axis} named={panels.length > 1} />
      ))}
    </div>
  );
}

function PanelCurves(props: {
  readonly panel: Panel;
  readonly axis: CurveAxis;
  readonly named: boolean;
}): VNode {
  const { panel, axis, named } = props;
  const { view } = useReport();
  const specs = useMemo(
    () =>
      curveSpecs({
        grid: panelGrid(panel, view),
        axis,
        connectionsOf: (cell) => view.budget(cell).ceiling,
      }),
    [panel, view, axis],
  );
  return (
    <>
      {named ? <p class="muted small">{panelText(panel, null)}</p> : null}
      <div class="charts">
        {specs.map((spec) => (
          <Chart key={spec.title} spec={spec} />
        ))}
      </div>
    </>
  );
}
