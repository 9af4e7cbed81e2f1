import { expect, test } from 'vitest';
import { FailedBody } from './failed-body.ts';

test('of a body the first 4 KiB are kept, however it is cut into chunks', () => {
  const body = new FailedBody();
  for (const size of [3_000, 1_000, 200, 5_000]) body.add(Buffer.alloc(size, 'x'));
  expect(body.text).toBe('x'.repeat(4_096));
});

test('a character that two chunks share does no harm to the words around it', () => {
  const bytes = Buffer.from('größe: sorry, too many clients already');
  const body = new FailedBody();
  body.add(bytes.subarray(0, 3));
  body.add(bytes.subarray(3));
  expect(body.text).toContain('sorry, too many clients already');
});
