import type { HistogramView } from '../statistics/percentiles.ts';

/**
 * A histogram that can be read and written by hand: `14x500 30x20` are 500 samples of 14 ms and 20 of
 * 30 ms. Percentiles are exact.
 */
export function decodeFake(
  encoded: readonly (string | null)[],
): HistogramView & { encode(): string } {
  const counts = encoded
    .flatMap((text) => (text === null || text === '' ? [] : text.split(' ')))
    .map((entry) => entry.split('x').map(Number))
    .map(([ms = 0, count = 0]) => ({ us: ms * 1000, count }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.us - b.us);
  const samples = counts.reduce((sum, { count }) => sum + count, 0);
  return {
    encode: () => counts.map(({ us, count }) => `${us / 1000}x${count}`).join(' '),
    samples,
    meanUs:
      samples === 0 ? null : counts.reduce((sum, { us, count }) => sum + us * count, 0) / samples,
    maxUs: counts.at(-1)?.us ?? null,
    quantileUs: (q) => {
      let below = 0;
      for (const { us, count } of counts) {
        below += count;
        if (below >= q * samples - 1e-9) return us;
      }
      throw new RangeError('an empty histogram has no quantiles');
    },
  };
}
