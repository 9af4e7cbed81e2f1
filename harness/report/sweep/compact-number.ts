import { ABSENT, formatRate } from '../format.ts';

/*
 * Numbers of a heat map: at most four characters, so that a dozen pool sizes fit in eighty columns.
 * Two digits mean something; what more there is to say of a cell stands in the tables.
 */

/** `0.42`, `4.2`, `812`, `1.2k`, `12k`, `123k`, `1.2M`. */
export function compactRate(value: number | null): string {
  if (value === null) return ABSENT;
  for (const { from, per, unit } of STEPS) {
    if (value >= from * 0.9995) return withUnit(value / per, unit);
  }
  return formatRate(value);
}

const STEPS = [
  { from: 1e9, per: 1e9, unit: 'G' },
  { from: 1e6, per: 1e6, unit: 'M' },
  { from: 1e3, per: 1e3, unit: 'k' },
] as const;

/** ms without a unit: `0.42`, `4.2`, `340`; longer ones with theirs: `1.2s`, `12s`, `90m`. */
export function compactMs(ms: number | null): string {
  if (ms === null) return ABSENT;
  if (ms < 999.5) return formatRate(ms);
  if (ms < 999_500) return withUnit(ms / 1_000, 's');
  return withUnit(ms / 60_000, 'm');
}

/** A share between 0 and 1: `0`, `<.1%`, `1.2%`, `12%`, `>99%`, `100%`; little is never nothing. */
export function compactShare(share: number | null): string {
  if (share === null) return ABSENT;
  if (share === 0) return '0';
  const percent = share * 100;
  if (percent < 0.1) return '<.1%';
  if (percent < 9.95) return `${percent.toFixed(1)}%`;
  if (share >= 1) return '100%';
  return percent >= 99.5 ? '>99%' : `${percent.toFixed(0)}%`;
}

function withUnit(value: number, unit: string): string {
  return value < 9.95 ? `${value.toFixed(1)}${unit}` : `${Math.round(value)}${unit}`;
}
