import { formatCount, formatRate } from '../format.ts';

/** A mean of counts: `22` where it is nearly one, `3.4` otherwise, and never nothing where it is a little. */
export function meanText(mean: number): string {
  const whole = Math.round(mean);
  return whole > 0 && Math.abs(mean - whole) < 0.05 ? formatCount(whole) : formatRate(mean);
}
