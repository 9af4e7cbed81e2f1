import type { VNode } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useAppearance } from '../appearance.ts';
import { Disclosure } from '../parts/disclosure.tsx';
import { Lazy } from '../parts/lazy.tsx';
import { chartInk } from './chart-ink.ts';
import { ChartLegend } from './chart-legend.tsx';
import type { ChartSpec } from './chart-spec.ts';
import { ChartTable } from './chart-table.tsx';
import { drawChart } from './uplot-adapter.ts';
import { useWidth } from './use-width.ts';

const HEIGHT_PX = 240;
/** With its title, legend and the line below it. */
const FIGURE_HEIGHT_PX = 340;

/** A chart with what it takes to read it without seeing it: its title, and its numbers as a table. */
export function Chart({ spec }: { readonly spec: ChartSpec }): VNode {
  const { printing } = useAppearance();
  return (
    <Lazy heightPx={FIGURE_HEIGHT_PX}>
      {() => (
        <figure class="chart">
          <figcaption>{spec.title}</figcaption>
          {spec.lines.length + spec.levels.length > 1 ? <ChartLegend lines={spec.lines} /> : null}
          <Canvas spec={spec} />
          {/* On paper the tables around the charts say enough. */}
          {printing ? null : (
            <Disclosure summary="The numbers">{() => <ChartTable spec={spec} />}</Disclosure>
          )}
        </figure>
      )}
    </Lazy>
  );
}

function Canvas({ spec }: { readonly spec: ChartSpec }): VNode {
  const place = useRef<HTMLDivElement>(null);
  const widthPx = useWidth(place);
  const [point, setPoint] = useState<number | null>(null);
  const { scheme, printing } = useAppearance();
  useLayoutEffect(() => {
    const { current } = place;
    if (current === null || widthPx === 0) return undefined;
    return drawChart({
      place: current,
      spec,
      ink: chartInk(current),
      widthPx,
      heightPx: HEIGHT_PX,
      onPoint: setPoint,
    });
  }, [spec, widthPx, scheme, printing]);
  return (
    <>
      <div
        ref={place}
        class="chart-canvas"
        role="img"
        aria-label={`${spec.title}, over ${spec.xName}; its numbers follow as a table`}
        style={{ height: `${HEIGHT_PX}px` }}
      />
      <p class="chart-readout" aria-hidden="true">
        {point === null ? spec.xName : readout(spec, point)}
      </p>
    </>
  );
}

function readout({ lines, xs, xName, formatX, formatY }: ChartSpec, index: number): string {
  const values = lines.flatMap(({ name, values: own }) => {
    const value = own[index] ?? null;
    return value === null ? [] : [`${name} ${formatY(value)}`];
  });
  return `${xName} ${formatX(xs[index] ?? 0)}: ${values.join(', ') || 'no value'}`;
}
