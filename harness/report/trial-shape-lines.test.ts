import { expect, test } from 'vitest';
import { flat } from './test/flat-report.ts';
import { FITTING, OVERLOADED } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';

test('a pool that fits and starves is not offered to be copied', () => {
  const text = flat(OVERLOADED);
  expect(text).toContain(
    'ROOM up to 24 connections a worker fit: 96 usable for 4 workers; which of them is best, only measuring tells',
  );
  expect(text).not.toContain('create_engine');
});

test('a pool that fits and gave good answers is spelt, to be copied', () => {
  expect(flat(FITTING)).toContain('FITS (5+10) a worker, written as create_engine');
});

test('a fitting pool of which nothing was measured is not offered either', () => {
  const caveats = [
    { code: 'dispatch_late' as const, grade: 'INVALID' as const, detail: 'late', advice: 'a' },
  ];
  expect(flat({ ...FITTING, verdict: 'INVALID', caveats })).not.toContain('create_engine');
});

test.each([
  [10, '(10+6)'],
  [0, '(16+0)'],
])('what would fit of pools with an overflow of %i is %s', (maxOverflow, shape) => {
  const { plan, budget } = sampleTrial();
  const text = flat({
    plan: { ...plan, workers: 1, pool: { ...plan.pool, poolSize: 20, maxOverflow } },
    budget: {
      ...budget,
      predicted: { ...budget.predicted, usable: 16, fits: false },
    },
  });
  expect(text).toContain(`WOULD FIT ${shape} a worker, written as create_engine`);
});
