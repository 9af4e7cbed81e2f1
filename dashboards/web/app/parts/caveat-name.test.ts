import { expect, test } from 'vitest';
import { caveatName, caveatTitle } from './caveat-name.ts';

test('codes of caveats read as words, abbreviations as such', () => {
  expect(caveatName('cpu_pressure')).toBe('CPU pressure');
  expect(caveatName('too_few_seconds')).toBe('too few seconds');
  expect(caveatTitle('too_few_seconds')).toBe('Too few seconds');
});
