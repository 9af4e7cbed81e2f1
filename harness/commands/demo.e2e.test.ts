import { expect, test } from 'vitest';
import { startCli } from '../test/cli-child.ts';

test('a demo that is stopped says what it had measured, and ends by the signal', async () => {
  const { child, seen, ended, said } = startCli(['demo']);
  // The first trial is over when the second shape is announced.
  await said(/4 workers × \(4\+2\)/);
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT' });
  expect(seen.stdout).toMatch(/^INCOMPLETE: stopped; measured until then:\n· (EXHAUSTED|INVALID)/);
});
