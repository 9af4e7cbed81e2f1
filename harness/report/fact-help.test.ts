import { expect, test } from 'vitest';
import { FACT_NAMES } from '../plan/thresholds/threshold-facts.ts';
import { factHelp } from './fact-help.ts';

test('help names every part of every fact on lines of 80 columns', () => {
  const help = factHelp(80);
  for (const line of help.split('\n').slice(2)) expect(line.length).toBeLessThanOrEqual(80);
  const words = new Set(help.split(/[^\w]+/));
  expect(FACT_NAMES.flatMap((name) => name.split('.')).filter((word) => !words.has(word))).toEqual(
    [],
  );
});
