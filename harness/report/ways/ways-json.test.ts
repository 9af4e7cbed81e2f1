import { expect, test } from 'vitest';
import { sampleWays } from '../../analysis/ways/test/sample-ways.ts';
import { waysResultSchema } from '../../analysis/ways/ways-result.ts';
import { waysJson } from './ways-json.ts';
import { waysJsonSchema } from './ways-json-schema.ts';

test('the published JSON Schema is the one that checks comparisons (vitest -u renews it)', async () => {
  await expect(waysJsonSchema()).toMatchFileSnapshot('ways-result.schema.json');
});

test.each<[string, ReturnType<typeof sampleWays>]>([
  ['a comparison', sampleWays()],
  ['one in which everything went wrong', sampleWays({ pool: ['failed'], no_pool: [] })],
])('%s reads back as the same one', (_, result) => {
  expect(waysResultSchema.parse(JSON.parse(waysJson(result)))).toEqual(result);
});

test('a comparison that the schema does not describe is not printed', () => {
  expect(() => waysJson({ ...sampleWays(), roundsAsked: 0.5 })).toThrow('roundsAsked');
});
