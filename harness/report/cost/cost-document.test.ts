import { expect, test } from 'vitest';
import { costResultSchema } from '../../analysis/cost/cost-result.ts';
import { summarizeCost } from '../../analysis/cost/summarize-cost.ts';
import { sampleObservation } from '../../analysis/cost/test/sample-observation.ts';
import { costJson, costJsonSchema } from './cost-document.ts';

test('the published JSON Schema is the one that checks results (vitest -u renews it)', async () => {
  await expect(costJsonSchema()).toMatchFileSnapshot('cost.schema.json');
});

test('JSON has the answer in a sentence, and everything that it is made from', () => {
  const result = summarizeCost(sampleObservation());
  const { schemaVersion, answer, ...rest } = JSON.parse(costJson(result));
  expect(schemaVersion).toBe(1);
  expect(answer).toMatch(/^a new connection costs 3\.3 ms here \(TCP\)/);
  expect(costResultSchema.parse(rest)).toEqual(result);
});
