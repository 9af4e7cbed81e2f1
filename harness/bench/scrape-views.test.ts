import { expect, test } from 'vitest';
import { scrapeViews, type Tick } from './scrape-views.ts';

/**
 * A minute of one worker, looked at once a second: from second 5 of each half minute on, 10 requests wait
 * for 2 s.
 */
const MINUTE: readonly Tick[] = Array.from({ length: 61 }, (_, second) => {
  const inCycle = second % 30;
  const waited = Math.floor(second / 30) * 2 + Math.min(2, Math.max(0, inCycle - 5));
  const peakSeen = inCycle > 5 && inCycle <= 22;
  return {
    atMs: second * 1_000,
    scrape: {
      pending: [inCycle > 5 && inCycle <= 7 ? 10 : 0],
      pendingPeak: peakSeen ? 10 : 0,
      pendingSeconds: waited * 10,
      saturatedSeconds: waited,
      refusals: waited * 3,
      slotsTaken: inCycle === 6 ? 19 : 12,
    },
    account: {
      workers: 1,
      waitingSeconds: waited * 10,
      saturatedSeconds: waited,
      refusals: waited * 3,
      waitingPeak: 10,
    },
  };
});

const EVERY_SECOND = { first: 0, every: 1, scrapes: 61 };
const TRUTH = { meanQueue: 40 / 60, saturatedShare: 4 / 60, refusals: 12 };

test('one scrape a second sees the queue as it was', () => {
  const { truth, gauge, counter } = scrapeViews(MINUTE, EVERY_SECOND);
  expect(truth).toEqual({ ...TRUTH, peak: 10, sawWaiting: true });
  expect(gauge).toEqual({ ...TRUTH, refusals: null, peak: 10, sawWaiting: true });
  expect(counter).toEqual({ ...TRUTH, peak: null, sawWaiting: true });
});

test.each([
  { first: 0, gaugeSays: 0, meets: false },
  { first: 6, gaugeSays: 5, meets: true },
  { first: 8, gaugeSays: 0, meets: false },
])('by one scrape in 15 s from second $first on, the gauge says $gaugeSays', (phase) => {
  const { gauge, counter, truth } = scrapeViews(MINUTE, { ...phase, every: 15, scrapes: 4 });
  expect(gauge.meanQueue).toBeCloseTo(phase.first === 6 ? 10 / 3 : 0);
  expect(gauge.sawWaiting).toBe(phase.meets);
  expect(counter.meanQueue).toBe(truth.meanQueue);
  expect(counter.sawWaiting).toBe(true);
});

test('a peak that is kept for longer than the interval is met from everywhere', () => {
  for (let first = 0; first < 15; first += 1) {
    const { peakGauge } = scrapeViews(MINUTE, { first, every: 15, scrapes: 4 });
    expect(peakGauge).toMatchObject({ peak: 10, sawWaiting: true, meanQueue: null });
  }
});

test('slots that were taken for a second are seen by who looks in that second', () => {
  const seen = [0, 6].map((first) =>
    scrapeViews(MINUTE, { first, every: 15, scrapes: 4 }).sawSlotsTaken(19),
  );
  expect(seen).toEqual([false, true]);
});

test.each([
  ['too few ticks', { first: 20, every: 15, scrapes: 4 }],
  ['one scrape', { first: 0, every: 15, scrapes: 1 }],
])('%s are refused', (_, question) => {
  expect(() => scrapeViews(MINUTE, question)).toThrow('ticks');
});
