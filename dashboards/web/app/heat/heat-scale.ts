import { LATENCY_SPAN_MIN } from '../../../../harness/report/sweep/panel-map.ts';

/** Where values lie on a map's scale. */
export interface HeatScale {
  readonly low: number;
  readonly high: number;
  /** 0 at the low end, 1 at the high one. */
  readonly shareOf: (value: number) => number;
}

/**
 * One scale for all maps of a situation, so that they can be compared: from nothing to the highest
 * value, or between the extremes of a logarithmic one, where small differences stay small. `null` where there is no value.
 */
export function heatScale(
  values: readonly (number | null)[],
  { logarithmic }: { readonly logarithmic: boolean },
): HeatScale | null {
  const known = values.filter((value): value is number => Number.isFinite(value));
  if (known.length === 0) return null;
  const highest = known.reduce((a, b) => Math.max(a, b));
  const low = logarithmic ? known.reduce((a, b) => Math.min(a, b)) : 0;
  const high = logarithmic
    ? Math.max(highest, Math.max(low, SHORTEST_MS) * LATENCY_SPAN_MIN)
    : highest;
  const place = logarithmic ? logarithm : (value: number): number => value;
  const span = place(high) - place(low);
  const shareOf = (value: number): number => {
    if (span <= 0) return 0;
    return Math.min(1, Math.max(0, (place(value) - place(low)) / span));
  };
  return { low, high, shareOf };
}

/** In ms: what is faster than that is one end of every scale. */
const SHORTEST_MS = 0.001;

function logarithm(value: number): number {
  return Math.log(Math.max(value, SHORTEST_MS));
}
