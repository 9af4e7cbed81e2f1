import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueQueue } from './due-queue.ts';

function drain(queue: DueQueue<number>, untilUs: number): readonly number[] {
  const taken: number[] = [];
  for (let due = queue.take(untilUs); due !== null; due = queue.take(untilUs)) taken.push(due.item);
  return taken;
}

test('what is due comes in the order of its moments, at the same moment as it came in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), fc.nat(20), (moments, nowUs) => {
      const queue = new DueQueue<number>();
      for (const [index, us] of moments.entries()) queue.add(us, index);
      const inOrder = (indices: readonly number[]) =>
        indices.toSorted((a, b) => (moments[a] ?? 0) - (moments[b] ?? 0) || a - b);
      const indices = [...moments.keys()];
      const due = indices.filter((index) => (moments[index] ?? 0) <= nowUs);
      const left = indices.filter((index) => !due.includes(index));
      expect(drain(queue, nowUs)).toEqual(inOrder(due));
      expect(queue.nextUs).toBe(left.length === 0 ? null : moments[inOrder(left)[0] ?? 0]);
      expect(drain(queue, 20)).toEqual(inOrder(left));
    }),
  );
});
