import { expect, test } from 'vitest';
import { sweepResultSchema } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweepResult, troubledSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { sweepJson } from './sweep-json.ts';
import { sweepResultJsonSchema } from './sweep-result-json-schema.ts';

test('the published JSON Schema is the one that checks results (vitest -u renews it)', async () => {
  await expect(sweepResultJsonSchema()).toMatchFileSnapshot('sweep-result.schema.json');
});

test.each([
  ['whole', sampleSweepResult()],
  ['troubled', troubledSweepResult()],
])('a printed result that is %s reads back as the same result', (_, result) => {
  expect(sweepResultSchema.parse(JSON.parse(sweepJson(result)))).toEqual(result);
});

test('a result that the schema does not describe is not printed', () => {
  expect(() =>
    sweepJson({
      ...sampleSweepResult(),
      planHash: '',
      schemaVersion: 1,
      cells: [],
      trials: { planned: -1, measured: 0, failed: 0 },
    }),
  ).toThrow('planned');
});
