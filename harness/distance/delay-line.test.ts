import { expect, test } from 'vitest';
import { type Distance, NO_DISTANCE } from '../plan/distance.ts';
import { seededRandom } from '../seeded-random.ts';
import { DelayLine, Link } from './delay-line.ts';

const RTT_20: Distance = { ...NO_DISTANCE, rttMs: 20 };

function lineOf(distance: Distance, { link = new Link(distance), seed = 1 } = {}): DelayLine {
  return new DelayLine(distance, { link, random: seededRandom(seed) });
}

test('what is sent arrives half a round trip later, counted from when it was sent', () => {
  const line = lineOf(RTT_20);
  expect([0, 3_000, 3_000].map((nowUs) => line.dueUs(100, nowUs))).toEqual([
    10_000, 13_000, 13_000,
  ]);
});

test('what is sent before the line is open leaves when it opens', () => {
  const line = lineOf(RTT_20);
  line.openAt(20_000);
  expect([line.dueUs(0, 0), line.dueUs(80, 50), line.dueUs(80, 25_000)]).toEqual([
    30_000, 30_000, 35_000,
  ]);
});

test('a jitter spreads evenly over its range, and nothing overtakes anything', () => {
  const line = lineOf({ ...RTT_20, jitterMs: 5 });
  const sentUs = Array.from({ length: 2_000 }, (_, index) => index * 20_000);
  const delaysUs = sentUs.map((us) => line.dueUs(1, us) - us);
  // Each way half of 20 ± 5.
  expect(Math.min(...delaysUs)).toBeGreaterThanOrEqual(7_500);
  expect(Math.min(...delaysUs)).toBeLessThan(7_520);
  expect(Math.max(...delaysUs)).toBeLessThanOrEqual(12_500);
  expect(Math.max(...delaysUs)).toBeGreaterThan(12_480);
  const mean = delaysUs.reduce((sum, us) => sum + us, 0) / delaysUs.length;
  expect(mean).toBeGreaterThan(9_900);
  expect(mean).toBeLessThan(10_100);

  const bunch = Array.from({ length: 200 }, (_, index) => line.dueUs(1, 1e9 + index * 10));
  expect(bunch).toEqual(bunch.toSorted((a, b) => a - b));
});

test('the same seed gives the same delays, another one others', () => {
  const delays = (seed: number) => {
    const line = lineOf({ ...RTT_20, jitterMs: 5 }, { seed });
    return [0, 1e5, 2e5].map((nowUs) => line.dueUs(1, nowUs));
  };
  expect(delays(7)).toEqual(delays(7));
  expect(delays(7)).not.toEqual(delays(8));
});

test('connections share the bandwidth of a direction', () => {
  const distance = { ...RTT_20, bandwidthMbit: 8 };
  const link = new Link(distance);
  const [one, other] = [lineOf(distance, { link }), lineOf(distance, { link })];
  // 8 Mbit/s are a byte per µs.
  expect(one.dueUs(1_000, 0)).toBe(11_000);
  expect(other.dueUs(1_000, 0)).toBe(12_000);
  // An idle link saves nothing up.
  expect(other.dueUs(1_000, 50_000)).toBe(61_000);
});

test('a connection that is not open yet keeps no other one waiting', () => {
  const distance = { ...RTT_20, bandwidthMbit: 8 };
  const link = new Link(distance);
  const [opening, open] = [lineOf(distance, { link }), lineOf(distance, { link })];
  opening.openAt(20_000);
  expect(opening.dueUs(100, 0)).toBe(30_100);
  expect(open.dueUs(100, 0)).toBe(10_100);
});

test('a narrow link is sent over in pieces of a packet, a wide one in what takes a millisecond', () => {
  expect(new Link({ bandwidthMbit: 10 }).pieceBytesMax).toBe(1_460);
  expect(new Link({ bandwidthMbit: 1_000 }).pieceBytesMax).toBe(125_000);
  expect(new Link({ bandwidthMbit: null }).pieceBytesMax).toBe(Number.POSITIVE_INFINITY);
});
