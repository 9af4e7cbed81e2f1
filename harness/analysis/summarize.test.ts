import { expect, test } from 'vitest';
import { summarizeTrial } from './summarize.ts';
import { decodeFake } from './test/fake-histogram.ts';
import { soundObservations, soundOpenObservations } from './test/observations.ts';
import { measuredTrialSchema } from './trial-result.ts';

test.each([
  ['closed', soundObservations],
  ['open', soundOpenObservations],
])('a sound %s trial is VALID, keeps every law and fits the published schema', (_, observed) => {
  const result = summarizeTrial(observed(), decodeFake);
  expect(result.caveats).toEqual([]);
  expect(result.verdict).toBe('VALID');
  expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
});
