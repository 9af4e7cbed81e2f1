import { expect, test } from 'vitest';
import { METRICS, POOL_DEFAULTS } from '../contract.ts';
import { poolUnderTest } from '../pool/test/pool-under-test.ts';
import { Scraped } from '../test/scraped.ts';
import { PEAK_SECONDS } from './recent-peak.ts';
import { renderMetrics } from './registry.ts';
import { createWorkerMetrics } from './worker-metrics.ts';

test('a peak is forgotten when its windows are over, and what lasts is not', async () => {
  const metrics = createWorkerMetrics({ worker: '1', pool: POOL_DEFAULTS });
  const { pool: idle } = poolUnderTest({});
  const peaks = async () => {
    const noDelay = { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    const scraped = new Scraped(
      await renderMetrics([await metrics.collect(idle.snapshot(), noDelay)]),
    );
    return [scraped.sum(METRICS.pendingPeak), scraped.sum(METRICS.usedPeak)];
  };
  const forget = (): void => {
    for (let window = 0; window < PEAK_SECONDS * 2 + 1; window += 1) metrics.rotate();
  };
  for (const callers of [1, 4, 0]) metrics.pool.queueChanged(callers);
  for (const connections of [1, 7, 2]) metrics.pool.heldChanged(connections);
  expect(await peaks()).toEqual([4, 7]);
  forget();
  expect(await peaks()).toEqual([0, 2]);
  metrics.pool.heldChanged(0);
  forget();
  expect(await peaks()).toEqual([0, 0]);
});
