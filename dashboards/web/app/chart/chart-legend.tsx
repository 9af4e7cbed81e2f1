import type { VNode } from 'preact';
import type { ChartLine } from './chart-spec.ts';

/** Each line's name beside a piece of it. */
export function ChartLegend({ lines }: { readonly lines: readonly ChartLine[] }): VNode {
  return (
    <ul class="legend">
      {lines.map(({ name, style }) => (
        <li key={name}>
          <svg class="line-sample" viewBox="0 0 30 12" aria-hidden="true">
            <line
              x1="0"
              x2="30"
              y1="6"
              y2="6"
              style={{ stroke: `var(--line-${style.tone})` }}
              stroke-width="2.5"
              stroke-dasharray={style.dash.join(' ')}
            />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
