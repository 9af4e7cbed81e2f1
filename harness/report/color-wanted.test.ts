import { expect, test } from 'vitest';
import { colorWanted } from './color-wanted.ts';

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { TERM: 'dumb' }, false],
  [true, { NO_COLOR: '1' }, false],
  [true, { NO_COLOR: '' }, true],
  [false, { FORCE_COLOR: '1' }, true],
  [false, { FORCE_COLOR: '' }, true],
  [true, { FORCE_COLOR: '0' }, false],
  [true, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  [true, { FORCE_COLOR: '1', TERM: 'dumb' }, true],
])('terminal %s with %j: colour %s', (isTty, env, wanted) => {
  expect(colorWanted({ isTty, env })).toBe(wanted);
});
