import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { plural } from '../../../../harness/report/format.ts';
import { Chart } from '../chart/chart.tsx';
import { secondSpecs } from '../chart/second-specs.ts';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';

/** Second by second, of the round that stands for the cell. */
export function OverTime({ cell }: { readonly cell: Cell }): VNode | null {
  const { view } = useReport();
  const { series } = cell;
  const specs = useMemo(
    () => (series === null ? [] : secondSpecs({ cell, series, usable: view.budget(cell).usable })),
    [cell, series, view],
  );
  if (series === null) return null;
  return (
    <div class="subsection">
      <h2>Second by second</h2>
      <p class="muted small">
        Round {series.round}
        {cell.rounds.length > 1 ? ', the one in the middle by answers in time' : ''}
        {series.stepSeconds === 1 ? '' : `, in steps of ${plural(series.stepSeconds, 'second')}`}
      </p>
      <div class="charts">
        {specs.map((spec) => (
          <Chart key={spec.title} spec={spec} />
        ))}
      </div>
    </div>
  );
}
