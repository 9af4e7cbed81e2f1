import { expect, test } from 'vitest';
import { heldWarning } from './held-warning.ts';

const HOUR_MS = 3_600_000;

test('what its sockets tell of a process that ends is not said', () => {
  const said: string[] = [];
  const ended = new AbortController();
  const held = heldWarning((it) => said.push(it), { ended: ended.signal, holdMs: HOUR_MS });
  held.warn('refused');
  expect(said).toEqual([]);
  ended.abort();
  held.release();
  expect(said).toEqual([]);
});

test('of one that goes on it is said, once, at the latest when there is nothing more to come', async () => {
  const said: string[] = [];
  const { signal: ended } = new AbortController();
  const late = heldWarning((it) => said.push(it), { ended, holdMs: HOUR_MS });
  late.warn('asleep');
  late.release();
  late.release();
  expect(said).toEqual(['asleep']);

  const told = Promise.withResolvers<string>();
  heldWarning(told.resolve, { ended, holdMs: 1 }).warn('not among its users');
  expect(await told.promise).toBe('not among its users');
});
