import { expect, test } from 'vitest';
import { meanWaitMs } from './mdc-wait.ts';

test.each([0.1, 0.5, 0.8, 0.95])('one slot at %s waits as Pollaczek and Khinchine say', (rho) => {
  const holdMs = 10;
  const exact = (rho * holdMs) / (2 * (1 - rho));
  expect(meanWaitMs({ perSecond: (rho * 1_000) / holdMs, slots: 1, holdMs })).toBeCloseTo(exact, 7);
});

test.each([
  { slots: 2, rho: 0.5 },
  { slots: 8, rho: 0.85 },
  { slots: 32, rho: 0.9 },
])(
  '$slots slots at $rho wait a little more than half as long as with exponential holds',
  (queue) => {
    const { slots, rho } = queue;
    const holdMs = 10;
    const perSecond = (rho * slots * 1_000) / holdMs;
    const ratio = meanWaitMs({ perSecond, slots, holdMs }) / erlangWaitMs({ slots, rho, holdMs });
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(0.65);
  },
);

test('more than is served has no mean wait', () => {
  expect(() => meanWaitMs({ perSecond: 100, slots: 1, holdMs: 10 })).toThrow(RangeError);
});

/** M/M/c, by Erlang's C formula. */
function erlangWaitMs({
  slots,
  rho,
  holdMs,
}: {
  readonly slots: number;
  readonly rho: number;
  readonly holdMs: number;
}): number {
  const offered = rho * slots;
  let blocking = 1;
  for (let c = 1; c <= slots; c += 1) blocking = (offered * blocking) / (c + offered * blocking);
  const waiting = blocking / (1 - rho * (1 - blocking));
  return (waiting * holdMs) / (slots * (1 - rho));
}
