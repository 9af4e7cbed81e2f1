/**
 * Numbers as people read them. The only place that rounds: everything before it carries full
 * precision. Absent values are a dash, never a zero.
 */
export const ABSENT = '–';

/** `12,345`; whatever the machine's locale, since reports are compared. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/g, ',')
    .replace('-', '−');
}

/** A claim of connections; unbounded ones are said so. */
export function formatClaim(claim: number | null): string {
  return claim === null ? 'unlimited' : formatCount(claim);
}

/** Three digits that mean something: `0.42 ms`, `4.2 ms`, `42 ms`, `1.23 s`, `12.3 s`, `2 min 5 s`. */
export function formatMs(ms: number | null): string {
  if (ms === null) return ABSENT;
  if (ms === 0) return '0 ms';
  if (ms < 1_000) {
    const digits = ms < 0.995 ? 2 : ms < 9.95 ? 1 : 0;
    const text = ms.toFixed(digits);
    // 999.7 rounds to 1000, which is a second.
    return text === '1000' ? '1.00 s' : `${text} ms`;
  }
  const seconds = ms / 1_000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** A rate: `0.42`, `4.2`, `42`, `4,210`. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 9.95) return formatCount(perSecond);
  return perSecond === 0 ? '0' : perSecond.toFixed(perSecond < 0.995 ? 2 : 1);
}

/** How many times as much: `1.02` near one, where hundredths count, then `4.1`, `42`. */
export function formatRatio(ratio: number): string {
  if (ratio < 1.995) return ratio.toFixed(2);
  return ratio < 9.95 ? ratio.toFixed(1) : formatCount(ratio);
}

/** A share between 0 and 1 as a percentage; little is never shown as nothing, nor most as all. */
export function formatShare(share: number): string {
  if (share === 0) return '0 %';
  if (share === 1) return '100 %';
  const percent = share * 100;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9) return '> 99.9 %';
  const digits = percent < 9.95 || percent > 99 ? 1 : 0;
  return `${percent.toFixed(digits)} %`;
}

/** By how much the largest is above the smallest: unlike a share it may be more than all, `457 %`. */
export function formatSpread(spread: number): string {
  return spread < 1 ? formatShare(spread) : `${formatCount(spread * 100)} %`;
}

const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Binary units, written so: PostgreSQL's `128MB` is 128 MiB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1_023.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${BYTE_UNITS[unit] ?? 'B'}`;
}

/** `1 worker`, `4 workers`, `2 processes`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

/** `26 are usable`, `1 is usable`. */
export function formatUsable(slots: number): string {
  return `${formatCount(slots)} ${slots === 1 ? 'is' : 'are'} usable`;
}
