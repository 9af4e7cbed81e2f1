import { expect, test } from 'vitest';
import { MetricRegistry, mergeSnapshots, renderMetrics, totalsOf } from './registry.ts';

async function snapshotOf(worker: string, requests: number) {
  const registry = new MetricRegistry();
  const of = { help: 'help', labelNames: ['worker'] } as const;
  registry.readings({ type: 'gauge', name: 'open', ...of }).set({ worker }, 3);
  registry.readings({ type: 'counter', name: 'done_total', ...of }).set({ worker }, requests);
  const shared = registry.histogram({
    name: 'took',
    help: 'help',
    labelNames: ['route'],
    buckets: [1],
  });
  shared({ route: '/' }).observe(0.5);
  return registry.snapshot();
}

test('series of different workers stand side by side, equal ones are added up', async () => {
  const text = await renderMetrics([await snapshotOf('1', 10), await snapshotOf('2', 5)]);
  expect(text).toContain('done_total{worker="1"} 10');
  expect(text).toContain('done_total{worker="2"} 5');
  expect(text).toContain('took_count{route="/"} 2');
});

test('of a dead worker its totals stay and its gauges go', async () => {
  const text = await renderMetrics([totalsOf(await snapshotOf('1', 10))]);
  expect(text).toContain('done_total{worker="1"} 10');
  expect(text).not.toContain('open');
});

test('the totals of many dead workers can be kept under one name', async () => {
  const dead = [await snapshotOf('1', 10), await snapshotOf('2', 5)];
  const folded = mergeSnapshots(dead.map((snapshot) => totalsOf(snapshot, 'gone')));
  const text = await renderMetrics([folded, await snapshotOf('3', 1)]);
  expect(text).toContain('done_total{worker="gone"} 15');
  expect(text).toContain('took_count{route="/"} 3');
});

test('a reading replaces the one before it', async () => {
  const registry = new MetricRegistry();
  const total = registry.readings({
    type: 'counter',
    name: 'done_total',
    help: 'help',
    labelNames: ['worker'],
  });
  total.set({ worker: '1' }, 4);
  total.set({ worker: '1' }, 6);
  expect(await renderMetrics([await registry.snapshot()])).toContain('done_total{worker="1"} 6');
});

test('a metric without a series is not there, not even by its name', async () => {
  const registry = new MetricRegistry();
  const of = { type: 'gauge', help: 'help', labelNames: [] } as const;
  registry.readings({ ...of, name: 'unknown' });
  registry.readings({ ...of, name: 'known' }).set({}, 0);
  const text = await renderMetrics([await registry.snapshot()]);
  expect(text).toContain('known 0');
  expect(text).not.toContain('unknown');
});

test('seconds of several workers add up to the same in any order', async () => {
  // As they are, 0.1 + 0.2 + 0.3 is more than 0.3 + 0.2 + 0.1: in the other order a counter would fall.
  const workers = await Promise.all(
    [0.1, 0.2, 0.3].map((seconds) => {
      const registry = new MetricRegistry();
      const of = { help: 'help', labelNames: [] } as const;
      registry.readings({ type: 'counter', name: 'waited_total', ...of }).set({}, seconds);
      registry
        .histogram({ name: 'took', buckets: [1], ...of })({})
        .observe(seconds);
      return registry.snapshot();
    }),
  );
  expect(await renderMetrics(workers.toReversed())).toBe(await renderMetrics(workers));
});
