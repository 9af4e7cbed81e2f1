import { expect, test } from 'vitest';
import { METRICS } from '../contract.ts';
import { Scraped } from '../test/scraped.ts';
import { createPrimaryMetrics } from './primary-metrics.ts';
import { renderMetrics } from './registry.ts';

test('the age of numbers is told in seconds, of no worker that is gone', async () => {
  const primary = createPrimaryMetrics();
  await primary.collect([
    { worker: 1, ageMs: 40 },
    { worker: 2, ageMs: 1_500 },
  ]);
  const text = await renderMetrics([await primary.collect([{ worker: 2, ageMs: 2_000 }])]);
  const ages = new Scraped(text).samples(METRICS.snapshotAgeSeconds);
  expect(ages.map(({ labels, value }) => [labels['worker'], value])).toEqual([['2', 2]]);
});

test('restarts are counted by their reason, and are there before the first', async () => {
  const primary = createPrimaryMetrics();
  const counts = async () => {
    const scraped = new Scraped(await renderMetrics([await primary.collect([])]));
    return scraped
      .samples(METRICS.workerRestartsTotal)
      .map(({ labels, value }) => [labels['reason'], value]);
  };
  expect(await counts()).toEqual([
    ['crash', 0],
    ['rolling_restart', 0],
  ]);
  primary.restarted('crash');
  primary.restarted('rolling_restart');
  primary.restarted('crash');
  expect(await counts()).toEqual([
    ['crash', 2],
    ['rolling_restart', 1],
  ]);
});
