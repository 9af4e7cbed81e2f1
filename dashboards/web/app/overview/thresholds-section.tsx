import type { VNode } from 'preact';
import { CellLinks } from '../parts/cell-links.tsx';
import { useReport } from '../sweep-context.ts';
import type { Cell } from '../sweep-types.ts';

/** Which configurations reach what was asked for. */
export function ThresholdsSection(): VNode | null {
  const { cells } = useReport().data.result;
  const asked = [...new Set(cells.flatMap(({ thresholds }) => thresholds.map(expressionOf)))];
  if (asked.length === 0) return null;
  return (
    <section class="section" id="thresholds" aria-labelledby="thresholds-title">
      <h2 id="thresholds-title">Thresholds</h2>
      <dl class="pairs">
        {asked.map((expression) => (
          <Threshold key={expression} expression={expression} cells={cells} />
        ))}
      </dl>
    </section>
  );
}

function expressionOf({ expression }: Cell['thresholds'][number]): string {
  return expression;
}

function Threshold(props: { readonly expression: string; readonly cells: readonly Cell[] }): VNode {
  const judged = props.cells.flatMap(({ id, thresholds }) => {
    const threshold = thresholds.find((one) => one.expression === props.expression);
    return threshold === undefined ? [] : [{ id, met: threshold.met }];
  });
  const met = judged.filter((one) => one.met).map(({ id }) => id);
  return (
    <div class="pair">
      <dt>
        <code>{props.expression}</code>
      </dt>
      <dd>
        met by {met.length} of {judged.length}
        {met.length === 0 ? '' : ': '}
        <CellLinks ids={met} across />
      </dd>
    </div>
  );
}
