import { expect, test } from 'vitest';
import { compareCells } from '../../analysis/comparison/compare-cells.ts';
import { compareRuns } from '../../analysis/comparison/compare-runs.ts';
import {
  type CellsComparison,
  comparisonResultSchema,
} from '../../analysis/comparison/comparison-result.ts';
import { measuredCell } from '../../analysis/comparison/test/measured-cell.ts';
import { troubledSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { comparisonJson } from './comparison-json.ts';
import { comparisonJsonSchema } from './comparison-json-schema.ts';

const cells = (): CellsComparison => ({
  schemaVersion: 1,
  state: 'cells',
  forced: false,
  undeclared: [],
  pair: compareCells(
    measuredCell({ rounds: [1340, 1352, 1329] }),
    measuredCell({ rounds: [1000, 1010, 990], flags: { poolSize: '50' }, id: 'c002' }),
    { bootstrap: true },
  ),
});

test('the published JSON Schema is the one that checks comparisons (vitest -u renews it)', async () => {
  await expect(comparisonJsonSchema()).toMatchFileSnapshot('comparison.schema.json');
});

test('a printed comparison of cells reads back as the same one', () => {
  const comparison = cells();
  expect(comparisonResultSchema.parse(JSON.parse(comparisonJson(comparison)))).toEqual(comparison);
});

test('so does one of runs in which everything went wrong', () => {
  const result = troubledSweepResult();
  const comparison = {
    ...compareRuns(
      { given: 'before', result },
      { given: 'after', result: { ...result, planHash: 'another' } },
    ),
    forced: false,
  };
  expect(comparison.notCompared.length).toBeGreaterThan(0);
  expect(comparisonResultSchema.parse(JSON.parse(comparisonJson(comparison)))).toEqual(comparison);
});

test('a comparison that the schema does not describe is not printed', () => {
  const { pair, ...rest } = cells();
  const failedShare = { ...pair.failedShare, left: Number.NaN };
  expect(() => comparisonJson({ ...rest, pair: { ...pair, failedShare } })).toThrow('failedShare');
});
