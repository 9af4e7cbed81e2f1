import { expect, test } from 'vitest';
import { parseTrialPlan } from '../../plan/parse-trial-plan.ts';
import { expectedTrialMs, RemainingTime, roughDuration } from './remaining-time.ts';

const { plan: base } = parseTrialPlan({ flags: {}, env: {} });
const plan = { ...base, warmupMs: 700, durationMs: 8_000 };
const EACH_MS = expectedTrialMs(plan);

test('before anything was measured, the plan says how long it takes', () => {
  const remaining = new RemainingTime([plan, plan, plan], 5_000);
  expect(EACH_MS).toBe(10_000);
  expect(remaining.leftMs(5_000)).toBe(30_000);
  expect(remaining.leftMs(9_000)).toBe(26_000);
});

test('afterwards, the trials measured so far do', () => {
  const remaining = new RemainingTime([plan, plan, plan, plan], 0);
  remaining.ended(plan, 'measured', 15_000);
  expect(remaining.leftMs(15_000)).toBe(45_000);
  remaining.ended(plan, 'measured', 20_000);
  expect(remaining.leftMs(20_000)).toBe(20_000);
  expect(remaining.leftMs(23_000)).toBe(17_000);
});

test('trials of other lengths count as much as they take', () => {
  const long = { ...plan, durationMs: 98_000 };
  const remaining = new RemainingTime([plan, long], 0);
  remaining.ended(plan, 'measured', 20_000);
  expect(remaining.leftMs(20_000)).toBe(200_000);
});

test('a trial that failed at once makes the others no faster', () => {
  const remaining = new RemainingTime([plan, plan, plan], 0);
  remaining.ended(plan, 'failed', 10);
  expect(remaining.leftMs(10)).toBe(20_000);
  remaining.ended(plan, 'measured', 10_010);
  expect(remaining.leftMs(10_010)).toBe(10_000);
});

test('a trial that takes longer than thought leaves no negative time', () => {
  expect(new RemainingTime([plan], 0).leftMs(60_000)).toBe(0);
});

test.each([
  [0, '0 s'],
  [12_300, '13 s'],
  [90_000, '2 min'],
  [59.4 * 60_000, '59 min'],
  [60 * 60_000, '1 h'],
  [125 * 60_000, '2 h 5 min'],
  [27 * 3_600_000, '1 d 3 h'],
  [7 * 24 * 3_600_000, '7 d'],
])('%i ms are %s', (ms, text) => {
  expect(roughDuration(ms)).toBe(text);
});
