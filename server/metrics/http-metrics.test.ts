import { expect, test } from 'vitest';
import { METRICS } from '../contract.ts';
import { Scraped } from '../test/scraped.ts';
import { httpRecorder } from './http-metrics.ts';
import { MetricRegistry, renderMetrics } from './registry.ts';

async function scrapedAfter(requests: readonly Partial<Ended>[]): Promise<Scraped> {
  const registry = new MetricRegistry();
  const recorder = httpRecorder(registry, '1');
  for (const request of requests) recorder.requestEnded({ ...RIGHT, ...request });
  return new Scraped(await renderMetrics([await registry.snapshot()]));
}

type Ended = Parameters<ReturnType<typeof httpRecorder>['requestEnded']>[0];
const RIGHT: Ended = {
  route: '/w/point',
  method: 'GET',
  status: 200,
  durationMs: 250,
  aborted: false,
  errorClass: null,
  reason: undefined,
};

test('a request is timed in seconds, by its route, method and status', async () => {
  const scraped = await scrapedAfter([
    {},
    { durationMs: 500 },
    { route: '/w/hold', method: 'HEAD', status: 503, durationMs: 8 },
  ]);
  const point = { route: '/w/point', method: 'GET', code: '200' };
  const hold = { route: '/w/hold', method: 'HEAD', code: '503' };
  expect(scraped.samples(`${METRICS.httpRequestSeconds}_count`)).toEqual([
    { name: `${METRICS.httpRequestSeconds}_count`, labels: point, value: 2 },
    { name: `${METRICS.httpRequestSeconds}_count`, labels: hold, value: 1 },
  ]);
  expect(scraped.sum(`${METRICS.httpRequestSeconds}_sum`, point)).toBeCloseTo(0.75, 6);
  expect(scraped.sum(`${METRICS.httpRequestSeconds}_sum`, hold)).toBeCloseTo(0.008, 6);
});

test('a failed request is counted once by its class and reason, a right one in none', async () => {
  const scraped = await scrapedAfter([
    {},
    { status: 503, errorClass: 'pool_timeout', reason: 'queue_full' },
    { status: 499, aborted: true, errorClass: 'client_abort' },
  ]);
  const counted = scraped.samples(METRICS.errorsTotal).filter(({ value }) => value > 0);
  expect(counted.map(({ labels, value }) => [labels['class'], labels['reason'], value])).toEqual([
    ['pool_timeout', 'queue_full', 1],
    ['client_abort', '', 1],
  ]);
});
