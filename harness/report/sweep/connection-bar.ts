import { ABSENT, formatClaim, formatCount } from '../format.ts';

export interface ConnectionBudget {
  /** Of all workers; `null` while nobody looks, which is before the measured window. */
  readonly seen: { readonly now: number; readonly peak: number } | null;
  /** What the pools may open; `null`: no limit. */
  readonly ceiling: number | null;
  /** What PostgreSQL leaves to them. */
  readonly usable: number;
  readonly maxConnections: number;
}

const BAR_WIDTH_MIN = 8;
const BAR_WIDTH_MAX = 60;
const BRACKETS = 2;

/**
 * `[█████▒▒···|······!·] 20 now, may be | 40, ! 96 usable of max_connections 100`: what there is, its
 * peak, and both limits at their places, so that it can be read without colour.
 */
export function connectionBar(budget: ConnectionBudget, columns: number): string {
  const { seen, ceiling, usable, maxConnections } = budget;
  const tooMany = ceiling === null || ceiling > usable ? ': TOO MANY' : '';
  const now = seen === null ? ABSENT : formatCount(seen.now);
  const text = ` ${now} now, may be | ${formatClaim(ceiling)}, ! ${formatCount(usable)} usable of max_connections ${formatCount(maxConnections)}${tooMany}`;
  const room = columns - text.length - BRACKETS;
  const width = Math.max(BAR_WIDTH_MIN, Math.min(BAR_WIDTH_MAX, room));
  return `[${bar(budget, width)}]${text}`;
}

function bar(budget: ConnectionBudget, width: number): string {
  const { ceiling, usable, maxConnections } = budget;
  const { now, peak } = budget.seen ?? { now: 0, peak: 0 };
  const whole = Math.max(ceiling ?? 0, maxConnections, peak, 1);
  const columnOf = (connections: number): number =>
    Math.min(width - 1, Math.floor((connections / whole) * width));
  // One connection of hundreds is still seen.
  const filled = (connections: number): number =>
    connections === 0 ? 0 : Math.max(1, Math.round((connections / whole) * width));
  return Array.from({ length: width }, (_, column) => {
    if (column === columnOf(Math.max(0, usable))) return '!';
    if (column === columnOf(ceiling ?? whole)) return '|';
    if (column < filled(now)) return '█';
    return column < filled(peak) ? '▒' : '·';
  }).join('');
}
