import { expect, test } from 'vitest';
import { entryPoint } from './entry-point.ts';

test('a source’s sibling is a source', () => {
  expect(entryPoint('file:///lab/harness/runner/watchdog.ts', './watchdog-process')).toBe(
    '/lab/harness/runner/watchdog-process.ts',
  );
});

test('a compiled module’s sibling is compiled', () => {
  expect(entryPoint('file:///lab/dist/harness/runner/lab.js', '../../server/main')).toBe(
    '/lab/dist/server/main.js',
  );
});
