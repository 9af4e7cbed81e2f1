import { expect, test } from 'vitest';
import { Slots } from './slots.ts';

test('as many as there are slots start at once, the next one when the first is through', () => {
  const slots = new Slots(2, 10);
  expect(slots.take(0)).toEqual({ startsMs: 0, endsMs: 10 });
  expect(slots.take(1)).toEqual({ startsMs: 1, endsMs: 11 });
  expect(slots.take(2)).toEqual({ startsMs: 10, endsMs: 20 });
  expect(slots.take(3)).toEqual({ startsMs: 11, endsMs: 21 });
});

test('a slot that was idle starts when somebody comes', () => {
  const slots = new Slots(1, 10);
  slots.take(0);
  expect(slots.take(50)).toEqual({ startsMs: 50, endsMs: 60 });
});
