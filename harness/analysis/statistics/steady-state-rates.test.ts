import { expect, test } from 'vitest';
import { type PoolQueue, simulatePoolQueue } from '../test/pool-queue.ts';
import { queueSeconds } from '../test/queue-seconds.ts';
import { findSteadyState } from './steady-state.ts';

/** How many of a hundred simulated runs end in each state. */
function statesOf(queue: Omit<PoolQueue, 'seed'>, runs = 100): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let run = 1; run <= runs; run += 1) {
    const { state } = findSteadyState({
      seconds: queueSeconds(simulatePoolQueue({ ...queue, seed: run }), queue.seconds),
      model: queue.arrivals.kind === 'closed' ? 'closed' : 'open',
      steadySecondsMin: 5,
    });
    counts[state] = (counts[state] ?? 0) + 100 / runs;
  }
  return counts;
}

const slots = 8;

function openQueue(options: {
  readonly perSecond: number;
  readonly utilization: number;
  readonly seconds: number;
  readonly service: 'constant' | 'exponential';
}): Omit<PoolQueue, 'seed'> {
  const { perSecond, utilization, seconds, service } = options;
  return {
    slots,
    seconds,
    arrivals: { kind: 'poisson', perSecond },
    service: { kind: service, meanS: (slots * utilization) / perSecond },
  };
}

function closedQueue(seconds: number, slowdownAt: (s: number) => number): Omit<PoolQueue, 'seed'> {
  return {
    slots,
    seconds,
    arrivals: { kind: 'closed', clients: 32, thinkS: 0 },
    service: { kind: 'exponential', meanS: 0.02 },
    slowdownAt,
  };
}

test.each([
  { perSecond: 400, utilization: 0.7, seconds: 10, service: 'exponential' },
  { perSecond: 400, utilization: 0.85, seconds: 5, service: 'exponential' },
  { perSecond: 400, utilization: 0.85, seconds: 10, service: 'exponential' },
  { perSecond: 400, utilization: 0.85, seconds: 10, service: 'constant' },
  { perSecond: 400, utilization: 0.85, seconds: 20, service: 'exponential' },
  { perSecond: 100, utilization: 0.85, seconds: 20, service: 'exponential' },
] as const)(
  'a sound queue is steady in 95 % of runs: $perSecond/s at $utilization, $service, $seconds s',
  (queue) => {
    const states = statesOf(openQueue(queue));
    expect(states['steady']).toBeGreaterThanOrEqual(95);
    expect(states['overloaded'] ?? 0).toBe(0);
  },
);

test.each([
  { utilization: 1.1, seconds: 10 },
  { utilization: 1.5, seconds: 5 },
  { utilization: 2, seconds: 5 },
])('M/D/c at a utilization of $utilization is overloaded after $seconds s', (overload) => {
  const perSecond = 400 * overload.utilization;
  const states = statesOf(openQueue({ ...overload, perSecond, service: 'constant' }));
  expect(states['overloaded'] ?? 0).toBeGreaterThanOrEqual(95);
});

test('the backlog grows by what arrives beyond the slots', () => {
  const queue = openQueue({ perSecond: 520, utilization: 1.3, seconds: 10, service: 'constant' });
  const { backlogPerSecond } = findSteadyState({
    seconds: queueSeconds(simulatePoolQueue({ ...queue, seed: 1 }), 10),
    model: 'open',
    steadySecondsMin: 5,
  });
  expect(Math.abs((backlogPerSecond ?? 0) - 120)).toBeLessThan(15);
});

test('an overload is one at a cap, too', () => {
  const queue = openQueue({ perSecond: 520, utilization: 1.3, seconds: 10, service: 'constant' });
  expect(statesOf({ ...queue, inFlightMax: 256 })).toEqual({ overloaded: 100 });
});

test('a queue that the pool’s own timeout bounds becomes steady: errors tell of the overload', () => {
  const queue = openQueue({ perSecond: 520, utilization: 1.3, seconds: 10, service: 'constant' });
  expect(statesOf({ ...queue, waitMaxS: 0.5 })['steady']).toBeGreaterThanOrEqual(95);
});

test.each([10, 20])('closed clients are steady in 95 % of runs of %i s', (seconds) => {
  const states = statesOf(closedQueue(seconds, () => 1));
  expect(states['steady']).toBeGreaterThanOrEqual(95);
});

test('a hold that grows by 60 % in 20 s does not pass as steady', () => {
  const states = statesOf(closedQueue(20, (s) => 1 + (0.6 * s) / 20));
  expect(states['steady'] ?? 0).toBeLessThanOrEqual(15);
});

test('a slow start of 2 s is cut off', () => {
  const states = statesOf(closedQueue(10, (s) => (s < 2 ? 2 : 1)));
  expect(states['steady']).toBeGreaterThanOrEqual(95);
});
