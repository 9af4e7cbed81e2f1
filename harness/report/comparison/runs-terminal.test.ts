import { expect, test } from 'vitest';
import { compareRuns } from '../../analysis/comparison/compare-runs.ts';
import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import {
  type SampleSweepOptions,
  sampleSweepResult,
  troubledSweepResult,
} from '../../analysis/sweep/test/sample-sweep.ts';
import { createPaint } from '../paint.ts';
import { runsTerminal } from './runs-terminal.ts';

const plain = { columns: 80, paint: createPaint(false) };

function shown(left: SweepResult, right: SweepResult): string {
  const { environment } = left;
  if (environment === null) throw new Error('nothing was measured');
  const findings = compareRuns(
    { given: 'before', result: left },
    { given: 'after', result: { ...right, planHash: 'another' } },
  );
  return runsTerminal({ ...findings, forced: false }, { environment, style: plain });
}

const AXES = { workload: ['hot'], maxOverflow: [0] } satisfies SampleSweepOptions['axes'];

test('the best cells meet in the first line, then every shared cell has its row', () => {
  const text = shown(sampleSweepResult({ axes: AXES }), sampleSweepResult({ axes: AXES }));
  expect(text.split('\n')[0]).toMatch(/^equivalent: A's best 1 × \(1\+0\) answers 1.00 /);
  for (const workers of [1, 2, 4]) {
    for (const poolSize of [1, 4, 16, 32]) {
      expect(text).toContain(`\n  ${workers} × (${poolSize}+0) `);
    }
  }
  expect(text).toContain('nothing that was configured: an A/A comparison');
  expect(text).toMatch(/4 × \(32\+0\) .* both exhausted/);
});

test('with several situations each has its own first line', () => {
  const text = shown(sampleSweepResult(), sampleSweepResult());
  expect(text.split('\n').filter((line) => /^(hot|hold), 64 clients: /.test(line))).toHaveLength(2);
});

test('cells of one run alone are listed', () => {
  const text = shown(
    sampleSweepResult({ axes: { ...AXES, workers: [1, 2] } }),
    sampleSweepResult({ axes: { ...AXES, workers: [2, 4] } }),
  );
  expect(text).toContain('ONLY IN A     4 cells: c001, c002, c003, c004');
  expect(text).toContain('ONLY IN B     4 cells: c005, c006, c007, c008');
});

test('runs in which everything went wrong fit into 80 columns and say nothing of null', () => {
  const text = shown(troubledSweepResult(), troubledSweepResult());
  expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  expect(text).toContain('LEFT OUT');
  expect(text).toContain('incomplete: A: ');
  for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
});
