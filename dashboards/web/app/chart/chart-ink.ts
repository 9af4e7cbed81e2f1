import type { ChartInk } from './uplot-adapter.ts';

/** Reads the style sheet's colours as they are at this place and moment, `light-dark()` resolved. */
export function chartInk(place: HTMLElement): ChartInk {
  const probe = document.createElement('span');
  place.append(probe);
  const known = new Map<string, string>();
  const read = (property: string): string => {
    probe.style.color = `var(${property})`;
    return getComputedStyle(probe).color;
  };
  for (const property of COLORS) known.set(property, read(property));
  const font = `12px ${getComputedStyle(place).fontFamily}`;
  probe.remove();
  return { color: (property) => known.get(property) ?? 'currentcolor', font };
}

const COLORS = [
  '--ink',
  '--muted',
  '--rule',
  ...[1, 2, 3, 4, 5, 6].map((tone) => `--line-${tone}`),
];
