import { expect, test } from 'vitest';
import type { LoadRequest } from '../load/load-engine.ts';
import { standingRequest } from './standing-lab.ts';

const TEN_MINUTES_MS = 600_000;
const steady = (durationMs: number) => ({ fromPerSecond: 300, toPerSecond: 300, durationMs });
const ramp = { fromPerSecond: 100, toPerSecond: 400, durationMs: 10_000 };

function standing(model: LoadRequest['model'], durationMs = 10_000): LoadRequest {
  return standingRequest({
    origin: 'http://127.0.0.1:1',
    path: '/w/hold',
    model,
    durationMs,
    drainMs: 5_000,
    requestTimeoutMs: null,
    retry: null,
    goodputDeadlineMs: 1_000,
    targetDownMs: 35_000,
    seed: 1,
  });
}

function open(...stages: readonly (typeof ramp)[]): LoadRequest['model'] {
  return { kind: 'open', stages, arrivals: 'poisson', maxInFlight: 256, atCap: 'drop', threads: 1 };
}

test('a standing load pauses for its slowest requests every ten minutes, not after every window', () => {
  const closed = standing({ kind: 'closed', connections: 64, thinkTimeMs: 0 });
  expect(closed.durationMs).toBe(TEN_MINUTES_MS);

  const { durationMs, model } = standing(open(steady(10_000)));
  expect({ durationMs, model }).toEqual({
    durationMs: TEN_MINUTES_MS,
    model: open(steady(TEN_MINUTES_MS)),
  });
});

test('stages that go somewhere keep their length, and come again', () => {
  for (const stages of [[ramp], [steady(10_000), ramp]]) {
    const { durationMs, model } = standing(open(...stages));
    expect({ durationMs, model }).toEqual({ durationMs: 10_000, model: open(...stages) });
  }
});
