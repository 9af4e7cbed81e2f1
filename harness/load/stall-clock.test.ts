import { expect, test } from 'vitest';
import { StallClock } from './stall-clock.ts';

test.each([
  ['beats in time', [20, 40, 60], 0],
  ['beats a little late, as on any machine', [20, 139, 160, 270], 0],
  ['one long pause counts for its lateness', [20, 1_040, 1_060], 1_000],
  ['long pauses add up', [120, 240, 260], 200],
] as const)('%s', (_, beats, stalledMs) => {
  const clock = new StallClock(0);
  for (const ms of beats) clock.beat(ms);
  expect(clock.stalledMs).toBe(stalledMs);
});
