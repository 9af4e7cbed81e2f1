import type { VNode } from 'preact';
import { Icon, type IconName } from '../parts/icon.tsx';
import { STANDING_WORDS } from './cell-label.ts';
import type { HeatScale } from './heat-scale.ts';
import type { Measure } from './measures.ts';

/** What colours, marks and lines mean; only those that are there. */
export function HeatLegend(props: {
  readonly measure: Measure;
  readonly scale: HeatScale | null;
  readonly standings: readonly IconName[];
  readonly lines: { readonly budget: boolean; readonly rollout: boolean };
}): VNode {
  const { measure, scale, standings, lines } = props;
  return (
    <ul class="legend" aria-label="Legend">
      {scale === null ? null : (
        <li>
          {measure.compact(scale.low)}
          <span class="ramp" data-measure={measure.name} />
          {measure.compact(scale.high)} {measure.label.toLowerCase()}
        </li>
      )}
      {standings.map((name) => (
        <li key={name}>
          <Icon name={name} />
          {STANDING_WORDS[name]}
        </li>
      ))}
      {lines.budget ? (
        <li>
          <span class="swatch" data-line="budget" />
          beyond it: more connections than are usable
        </li>
      ) : null}
      {lines.rollout ? (
        <li>
          <span class="swatch" data-line="rollout" />
          beyond it: more than that while a deploy rolls out
        </li>
      ) : null}
    </ul>
  );
}
