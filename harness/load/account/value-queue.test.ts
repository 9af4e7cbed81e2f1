import { expect, test } from 'vitest';
import { ValueQueue } from './value-queue.ts';

test('values come out in the order they went in, over any number of chunks', () => {
  const queue = new ValueQueue();
  const taken: number[] = [];
  let added = 0;
  for (const [add, take] of [
    [3, 2],
    [40_000, 39_999],
    [0, 2],
    [16_384, 16_384],
  ] as const) {
    for (let index = 0; index < add; index += 1) queue.add(added++);
    queue.take(take, (us) => taken.push(us));
  }
  expect(taken).toEqual(Array.from({ length: added }, (_, index) => index));
});

test('an hour in µs fits', () => {
  const queue = new ValueQueue();
  queue.add(3_600_000_000);
  queue.take(1, (us) => expect(us).toBe(3_600_000_000));
  expect.assertions(1);
});

test('more than was added cannot be taken', () => {
  const queue = new ValueQueue();
  queue.add(1);
  expect(() => queue.take(2, () => undefined)).toThrow(RangeError);
});
