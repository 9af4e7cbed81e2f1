import { expect, test } from 'vitest';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import { defaultDirectory } from './sweep-run.ts';

const planOf = (workers: string) =>
  parseSweepPlan({ flags: { workers }, env: {}, file: null }).plan;

test('a run without a name of its own is called by its moment and its plan', () => {
  const now = new Date('2026-01-02T03:04:05.678Z');
  const name = defaultDirectory(planOf('1,2'), now);
  expect(name).toMatch(/^pool-lab-runs\/20260102T030405Z-[0-9a-f]{8}$/);
  expect(defaultDirectory(planOf('1..2'), now)).not.toBe(defaultDirectory(planOf('1,3'), now));
  expect(defaultDirectory(planOf('1,2'), new Date('2026-01-02T03:04:06Z'))).not.toBe(name);
});
