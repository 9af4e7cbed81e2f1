import { expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../contract.ts';
import { DURATION_BUCKETS_SECONDS } from './duration-buckets.ts';

test('durations are told apart from a fast round trip on, up to the default pool timeout', () => {
  expect(DURATION_BUCKETS_SECONDS[0]).toBe(0.0005);
  expect(DURATION_BUCKETS_SECONDS.at(-1)).toBe(POOL_DEFAULTS.poolTimeoutMs / 1_000);
});

test('no bucket is more than three times as wide as the one before it', () => {
  // A percentile is interpolated within its bucket: it is as good as that is narrow.
  const growth = DURATION_BUCKETS_SECONDS.slice(1).map(
    (bound, index) => bound / (DURATION_BUCKETS_SECONDS[index] ?? Number.NaN),
  );
  for (const factor of growth) {
    expect(factor).toBeGreaterThan(1);
    expect(factor).toBeLessThanOrEqual(3);
  }
});
