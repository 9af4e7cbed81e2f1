import { expect, test } from 'vitest';
import { Scraped } from '../test/scraped.ts';
import { DeadTotals } from './dead-totals.ts';
import { MetricRegistry, type MetricsSnapshot, renderMetrics } from './registry.ts';

/** What a worker leaves behind that answered as many requests as its id says. */
async function leftBy(worker: number): Promise<MetricsSnapshot> {
  const registry = new MetricRegistry();
  const of = { help: 'help', labelNames: ['worker'] } as const;
  const id = String(worker);
  registry.readings({ type: 'counter', name: 'done_total', ...of }).set({ worker: id }, worker);
  registry.readings({ type: 'gauge', name: 'open', ...of }).set({ worker: id }, 1);
  const shared = { name: 'took_seconds', help: 'help', labelNames: ['route'], buckets: [1] };
  registry.histogram(shared)({ route: '/' }).observe(0.1);
  return registry.snapshot();
}

async function scrape(dead: DeadTotals, nowMs = 0): Promise<Scraped> {
  return new Scraped(await renderMetrics(dead.snapshotsAt(nowMs)));
}

test('every death keeps all totals, and no gauge', async () => {
  const dead = new DeadTotals();
  let done = 0;
  for (let worker = 1; worker <= 300; worker++) {
    dead.add(await leftBy(worker), 0);
    done += worker;
    const scraped = await scrape(dead);
    expect(scraped.sum('done_total')).toBe(done);
    expect(scraped.sum('took_seconds_count')).toBe(worker);
    expect(scraped.metrics.has('open')).toBe(false);
    expect(scraped.samples('done_total').length).toBeLessThanOrEqual(65);
  }
});

test('no series ever grows, so that no rate counts again what was counted', async () => {
  const dead = new DeadTotals();
  const known = new Map<string, number>();
  for (let worker = 1; worker <= 300; worker++) {
    dead.add(await leftBy(worker), 0);
    for (const { labels, value } of (await scrape(dead)).samples('done_total')) {
      const name = labels['worker'] ?? '';
      expect(known.get(name) ?? value).toBe(value);
      known.set(name, value);
    }
  }
  // 300 dead, of whom 64 at most have series of their own; 32 at a time were put together.
  const folded = [...known.keys()].filter((name) => name.startsWith('gone-'));
  expect(folded).toHaveLength(8);
});

test('who has been dead for a minute has no series of its own for long', async () => {
  const dead = new DeadTotals();
  for (let worker = 1; worker <= 20; worker++) dead.add(await leftBy(worker), worker * 1_000);
  const ofWorkers = async (nowMs: number) => {
    const samples = (await scrape(dead, nowMs)).samples('done_total');
    expect(samples.reduce((sum, { value }) => sum + value, 0)).toBe(210);
    return samples.map(({ labels }) => labels['worker']);
  };
  // Every scraper has seen the last numbers of a worker before they are put together with others'.
  expect(await ofWorkers(67_999)).toHaveLength(20);
  expect((await ofWorkers(68_000)).toSorted()).toEqual(
    ['gone-1', ...Array.from({ length: 12 }, (_, index) => String(index + 9))].toSorted(),
  );
  // Not one by one, since each time begins new series.
  expect(await ofWorkers(75_999)).toHaveLength(13);
  expect(await ofWorkers(600_000)).toEqual(['gone-2']);
});
