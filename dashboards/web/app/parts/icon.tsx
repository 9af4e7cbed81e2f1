import type { VNode } from 'preact';
import type { CellState } from '../sweep-types.ts';

export type IconName = 'best' | 'alike' | Exclude<CellState, 'usable'>;

/** Shapes that differ in outline: no mark is told from another by its colour. */
const PATHS: Readonly<Record<IconName, string>> = {
  best: 'M8 1.6l2 4.2 4.6.6-3.4 3.2.9 4.6L8 11.9l-4.1 2.3.9-4.6L1.4 6.4 6 5.8z',
  alike: 'M2 6.2c2-2.4 4-1.8 6 0s4 2.2 6 0M2 11c2-2.4 4-1.8 6 0s4 2.2 6 0',
  not_measured: 'M3 8h10',
  invalid: 'M5.3 5.6a2.7 2.7 0 1 1 3.9 2.4C8.3 8.5 8 9 8 10M8 13.2v.1',
  exhausted: 'M3.2 3.2l9.6 9.6M12.8 3.2l-9.6 9.6',
  overloaded: 'M8 13V3M3.5 7.5L8 3l4.5 4.5',
  starved: 'M4 2h8M4 14h8M5 2c0 3.4 6 3.6 6 6s-6 2.6-6 6M11 2c0 3.4-6 3.6-6 6s6 2.6 6 6',
  failing: 'M8 2.5v7M8 13v.1',
  threshold_missed: 'M2 5h12M4.5 8.5L8 12l3.5-3.5',
};

/** Decoration: what it means is always said in words beside it. */
export function Icon({ name }: { readonly name: IconName }): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" data-filled={name === 'best'}>
      <path d={PATHS[name]} />
    </svg>
  );
}
