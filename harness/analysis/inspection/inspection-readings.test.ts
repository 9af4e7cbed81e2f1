import { expect, test } from 'vitest';
import { INSPECTION_FACTS } from '../../plan/thresholds/inspection-facts.ts';
import { judgeInspection } from './judged-inspection.ts';
import { NO_ACTIVITY, sampleObservation } from './test/sample-observation.ts';

const judged = (
  expression: string,
  observation = sampleObservation([{ active: 20, idle: 60 }]),
) => {
  const [result] = judgeInspection(observation, { thresholds: [expression] }).thresholds;
  return `${result?.met === true ? '✓' : '✗'} ${result?.detail ?? ''}`;
};

test.each([
  ['slots.left>10', '✓ 17 > 10'],
  ['slots.left>=0.2*usable', '✗ 17 < 19.4 = 0.2 × 97'],
  ['slots.left.superuser==20', '✓ 20 = 20'],
  ['slots.used<=max_connections', '✓ 80 ≤ 100'],
  ['share.active>=25%', '✓ 25 % ≥ 25 %'],
  ['oldest.idle_in_transaction<1min', '✓ 0 ms < 60 s'],
  ['connects<5/s', '✓ 0/s < 5/s'],
  ['fullest.role<80%', '✓ 0 % < 80 %'],
  ['causes==0', '✗ 1 ≠ 0'],
])('%s is judged: %s', (expression, expected) => {
  expect(judged(expression)).toBe(expected);
});

test('every fact has a number, on an empty server too', () => {
  for (const fact of INSPECTION_FACTS.names) {
    expect(judged(`${fact}>=0`, sampleObservation([])), fact).toMatch(/^✓ \d+/);
  }
});

test('what a role cannot see meets nothing, and a cause that is seen is one', () => {
  const hidden = { role: { name: 'ann', seesEverybody: false } };
  const why = 'this role does not see what others do';
  expect(judged('sessions.active<5', sampleObservation([], hidden))).toBe(
    `✗ no number for sessions.active: ${why}`,
  );
  expect(judged('causes==0', sampleObservation([], hidden))).toBe(
    `✗ at least 0 need not be = 0: ${why}`,
  );
  expect(judged('slots.left>10', sampleObservation([], hidden))).toBe('✓ 97 > 10');
  expect(judged('causes<1', sampleObservation([{ unknown: 97 }], hidden))).toBe('✗ at least 1 ≥ 1');
});

test('there is no rate of new sessions across a reset of the statistics', () => {
  const activity = { inWindow: null, sinceReset: NO_ACTIVITY, resetAt: null };
  expect(judged('connects<5/s', sampleObservation([], { activity }))).toBe(
    '✗ no number for connects: the statistics were reset meanwhile',
  );
});

test('a limit of 0 is a lock on the door, and full of nothing', () => {
  const roleLimits = [
    { name: 'out', limit: 0, used: 0 },
    { name: 'ann', limit: 10, used: 9 },
  ];
  expect(judged('fullest.role<80%', sampleObservation([], { roleLimits }))).toBe('✗ 90 % ≥ 80 %');
});
