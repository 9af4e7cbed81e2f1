import { expect, test } from 'vitest';
import { LabError } from '../../lab-error.ts';
import type { RawEnv, RawFlags } from '../option-table.ts';
import { parseTrialPlan } from '../parse-trial-plan.ts';

function refusal(flags: RawFlags, env: RawEnv = {}): LabError {
  try {
    parseTrialPlan({ flags, env });
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the plan was accepted');
}

test('every threshold that is not understood is told beside the other mistakes', () => {
  const threshold = ['latncy.p99<50ms', 'lost==0', 'usable<50ms'];
  const { code, message } = refusal({ workers: '0', threshold });
  expect(code).toBe('CONFIG_INVALID');
  expect(message.split('\n')).toEqual([
    '3 settings cannot be used',
    '  --workers "0" is below 1: give a whole number from 1 to 64',
    '  --threshold "latncy.p99<50ms" names an unknown fact at character 1: latncy.p99 (did you mean latency.p99?): pool-lab run --help lists the facts',
    '  --threshold "usable<50ms" compares a count with a time: 50ms: give a plain number: 20',
  ]);
});

test('the variable separates thresholds by blanks, and says so when that broke one', () => {
  const env = { POOL_LAB_THRESHOLD: 'lost==0 latency.p99<50ms' };
  expect(parseTrialPlan({ flags: {}, env }).plan.thresholds).toEqual([
    'lost==0',
    'latency.p99<50ms',
  ]);
  const { message } = refusal({}, { POOL_LAB_THRESHOLD: 'lost == 0' });
  expect(message).toContain('"lost" (from POOL_LAB_THRESHOLD) compares with nothing');
  expect(message).toContain('in POOL_LAB_THRESHOLD blanks separate thresholds');
});

test.each([
  ['goodput>0.99*offered', 'give --rate or --stages, or compare with a number'],
  ['offered>5/s', 'give --rate or --stages, or leave it out'],
])('%s is refused in the closed loop', (text, hint) => {
  expect(refusal({ threshold: [text] })).toMatchObject({
    message: expect.stringContaining('offered rate, which the closed loop does not have'),
    hint,
  });
  expect(
    parseTrialPlan({ flags: { threshold: [text], rate: '300/s' }, env: {} }).plan,
  ).toMatchObject({ thresholds: [text] });
});

test('more thresholds than there can be are refused', () => {
  const threshold = Array.from({ length: 101 }, () => 'lost==0');
  expect(refusal({ threshold }).message).toContain('are 101 thresholds');
});

test('what was given for nothing is said', () => {
  expect(parseTrialPlan({ flags: { abortOnFail: true }, env: {} }).warnings).toEqual([
    '--abort-on-fail changes nothing without --threshold',
  ]);
  const flags = { threshold: ['lost==0'], abortOnFail: true };
  expect(parseTrialPlan({ flags, env: {} }).warnings).toEqual([]);
  expect(parseTrialPlan({ flags, env: {}, command: 'up' }).warnings).toEqual([
    '--threshold changes nothing with up, which measures nothing',
    '--abort-on-fail changes nothing with up, which measures nothing',
  ]);
});
