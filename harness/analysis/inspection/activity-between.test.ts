import { expect, test } from 'vitest';
import { activityBetween } from './activity-between.ts';
import { NO_ACTIVITY } from './test/sample-observation.ts';

test('what came between two readings is their difference', () => {
  const before = { ...NO_ACTIVITY, sessions: 10, activeMs: 5.5 };
  const after = { ...NO_ACTIVITY, sessions: 14, activeMs: 8 };
  expect(activityBetween(before, after)).toEqual({ ...NO_ACTIVITY, sessions: 4, activeMs: 2.5 });
});

test.each([{ sessions: 9 }, { killed: 0 }, { sessionMs: 90 }])(
  'where %j is less than before, the statistics were reset',
  (fallen) => {
    const before = { ...NO_ACTIVITY, sessions: 10, killed: 1, sessionMs: 100 };
    expect(activityBetween(before, { ...before, ...fallen })).toBeNull();
  },
);

test('a time that fell by what adding up loses has not fallen', () => {
  const before = { ...NO_ACTIVITY, sessionMs: 100.000_000_1 };
  expect(activityBetween(before, { ...before, sessionMs: 100 })).toEqual(NO_ACTIVITY);
});
