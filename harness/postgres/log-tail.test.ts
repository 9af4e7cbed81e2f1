import { expect, test } from 'vitest';
import { createLogTail } from './log-tail.ts';

test('lines come whole, however the chunks were cut', () => {
  const tail = createLogTail();
  tail.push('LOG:  sta');
  tail.push(Buffer.from('rting\nFATAL:  no'));
  tail.push(' space\n');
  expect(tail.lines()).toEqual(['LOG:  starting', 'FATAL:  no space']);
});

test('of a flood only the end is kept', () => {
  const tail = createLogTail();
  for (let i = 0; i < 100_000; i += 1) tail.push(`line ${i}\n`);
  const lines = tail.lines();
  expect(lines).toHaveLength(40);
  expect(lines.at(-1)).toBe('line 99999');
});
