import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

/** Ends by itself soon after the guard has seen it, so that nothing outlives the fixture. */
const CHILD_LIFE_MS = 10_000;

test('leaves an unreferenced child behind', () => {
  const child = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${CHILD_LIFE_MS})`], {
    stdio: 'ignore',
  });
  child.unref();
  expect(child.pid).toBeTypeOf('number');
});
