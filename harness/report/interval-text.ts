import type { Interval } from '../analysis/trial-result.ts';

/** An interval whose ends lie this far apart says nothing; its digits would look as if it did. */
const USELESS_FACTOR = 100;

export const USELESS_INTERVAL = '[?–?]';
/** What it means, for whoever meets it. */
export const USELESS_INTERVAL_MEANING = `${USELESS_INTERVAL}: the rounds differ too much for an interval; add --rounds`;

/** ` [797–822]` with its leading space, each end as `text` writes it; nothing without an interval. */
export function intervalText(interval: Interval | null, text: (end: number) => string): string {
  if (interval === null) return '';
  const { low, high } = interval;
  if (low > 0 && high > USELESS_FACTOR * low) return ` ${USELESS_INTERVAL}`;
  return ` [${text(Math.max(0, low))}–${text(high)}]`;
}
