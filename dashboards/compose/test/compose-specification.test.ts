import { expect, test } from 'vitest';
import { lintComposeFile } from './compose-linter.ts';
import { COMPOSE_FILE } from './project-paths.ts';

// Apart from the other tests, whose reader of the file refuses keys it does not know.
test('the file obeys the Compose specification and every rule of the linter', () => {
  expect(lintComposeFile(COMPOSE_FILE)).toEqual([]);
});
