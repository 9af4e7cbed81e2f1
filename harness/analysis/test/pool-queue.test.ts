import { expect, test } from 'vitest';
import { MinHeap } from './min-heap.ts';
import { type PoolQueue, simulatePoolQueue } from './pool-queue.ts';

const mean = (values: readonly number[]): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;

function poisson(overrides: Partial<PoolQueue> = {}): PoolQueue {
  return {
    seed: 11,
    slots: 1,
    seconds: 2_000,
    arrivals: { kind: 'poisson', perSecond: 70 },
    service: { kind: 'exponential', meanS: 0.01 },
    ...overrides,
  };
}

/** Erlang's C: probability that an arrival waits behind `slots` busy ones at `erlangs` of load. */
function erlangC(slots: number, erlangs: number): number {
  let blocked = 1;
  for (let n = 1; n <= slots; n += 1) blocked = (erlangs * blocked) / (n + erlangs * blocked);
  return (slots * blocked) / (slots - erlangs * (1 - blocked));
}

test('the mean wait of M/M/1 is ρ/(μ − λ)', () => {
  const waits = simulatePoolQueue(poisson()).map(({ waitS }) => waitS);
  expect(mean(waits) / (0.7 / 30)).toBeCloseTo(1, 1);
});

test('the response time of M/M/1 is exponential with μ − λ', () => {
  const times = simulatePoolQueue(poisson()).map(({ arrivedS, endedS }) => endedS - arrivedS);
  for (const q of [0.5, 0.9, 0.99]) {
    const limitS = -Math.log(1 - q) / 30;
    expect(times.filter((s) => s > limitS).length / times.length).toBeCloseTo(1 - q, 2);
  }
});

test('who waits in M/M/c is told by Erlang C, and how long', () => {
  const requests = simulatePoolQueue(
    poisson({ slots: 8, arrivals: { kind: 'poisson', perSecond: 640 }, seconds: 1_000 }),
  );
  const waiting = requests.filter(({ waitS }) => waitS > 0);
  const probability = erlangC(8, 6.4);
  expect(waiting.length / requests.length / probability).toBeCloseTo(1, 1);
  expect(mean(waiting.map(({ waitS }) => waitS)) * (800 - 640)).toBeCloseTo(1, 1);
});

test('the wait of M/D/1 is half of that of M/M/1', () => {
  const waits = simulatePoolQueue(poisson({ service: { kind: 'constant', meanS: 0.01 } }));
  expect(mean(waits.map(({ waitS }) => waitS)) / (0.7 / 30 / 2)).toBeCloseTo(1, 1);
});

test('a lognormal service has the mean and the variation asked for', () => {
  const times = simulatePoolQueue(
    poisson({
      slots: 1_000,
      arrivals: { kind: 'constant', perSecond: 100 },
      service: { kind: 'lognormal', meanS: 0.01, variation: 1.5 },
    }),
  ).map(({ arrivedS, endedS }) => endedS - arrivedS);
  expect(mean(times) * 100).toBeCloseTo(1, 1);
  const variance = mean(times.map((s) => (s * 100 - 1) ** 2));
  expect(Math.sqrt(variance)).toBeGreaterThan(1.35);
  expect(Math.sqrt(variance)).toBeLessThan(1.65);
});

test('closed clients at one slot are the machine repairman', () => {
  const clients = 10;
  const [thinkS, holdS] = [0.05, 0.01];
  // P(n) ∝ N!/(N − n)! · (hold/think)ⁿ; the slot is busy unless n = 0.
  let weight = 1;
  let sum = 1;
  for (let n = 1; n <= clients; n += 1) {
    weight *= ((clients - n + 1) * holdS) / thinkS;
    sum += weight;
  }
  const throughput = (1 - 1 / sum) / holdS;
  const requests = simulatePoolQueue(
    poisson({
      arrivals: { kind: 'closed', clients, thinkS },
      service: { kind: 'exponential', meanS: holdS },
      seconds: 1_000,
    }),
  );
  expect(requests.length / 1_000 / throughput).toBeCloseTo(1, 2);
  // The interactive response time law: N = X·(R + Z).
  const responseS = mean(requests.map(({ arrivedS, endedS }) => endedS - arrivedS));
  expect((throughput * (responseS + thinkS)) / clients).toBeCloseTo(1, 2);
});

test('a cap drops what would be too many in flight, and a wait limit ends in a timeout', () => {
  const overload = poisson({
    slots: 2,
    seconds: 20,
    arrivals: { kind: 'constant', perSecond: 400 },
    service: { kind: 'constant', meanS: 0.01 },
  });
  const share = (requests: ReturnType<typeof simulatePoolQueue>, outcome: string): number =>
    requests.filter((it) => it.outcome === outcome).length / requests.length;
  // 200/s of 400/s are served.
  expect(share(simulatePoolQueue({ ...overload, inFlightMax: 10 }), 'dropped')).toBeCloseTo(0.5, 1);
  const limited = simulatePoolQueue({ ...overload, waitMaxS: 0.1 });
  expect(share(limited, 'timeout')).toBeCloseTo(0.5, 1);
  expect(Math.max(...limited.map(({ arrivedS, endedS }) => endedS - arrivedS))).toBeLessThan(
    0.1101,
  );
});

test('the same seed gives the same requests', () => {
  const once = simulatePoolQueue(poisson({ seconds: 5 }));
  expect(simulatePoolQueue(poisson({ seconds: 5 }))).toEqual(once);
  expect(simulatePoolQueue(poisson({ seconds: 5, seed: 12 }))).not.toEqual(once);
});

test('the heap gives its numbers back in order', () => {
  const heap = new MinHeap();
  const values = [5, 3, 8, 1, 9, 2, 2, 7];
  for (const value of values) heap.push(value);
  expect(values.map(() => heap.pop())).toEqual(values.toSorted((a, b) => a - b));
  expect(heap.pop()).toBe(Number.POSITIVE_INFINITY);
});
