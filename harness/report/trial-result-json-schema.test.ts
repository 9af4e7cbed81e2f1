import { expect, test } from 'vitest';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { trialJson } from './trial-json.ts';
import { trialResultJsonSchema } from './trial-result-json-schema.ts';

test('the published JSON Schema is the one that checks results (vitest -u renews it)', async () => {
  await expect(trialResultJsonSchema()).toMatchFileSnapshot('trial-result.schema.json');
});

test('a printed result reads back as the same result', () => {
  const trial = sampleTrial();
  expect(measuredTrialSchema.parse(JSON.parse(trialJson(trial)))).toEqual(trial);
});

test('a result that the schema does not describe is not printed', () => {
  expect(() => trialJson(sampleTrial({ throughputPerSecond: -1 }))).toThrow('throughputPerSecond');
  expect(() => trialJson(sampleTrial({ measuredMs: Number.NaN }))).toThrow('measuredMs');
});
