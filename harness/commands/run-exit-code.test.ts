import { expect, test } from 'vitest';
import { exitCodeOf } from './run.ts';

const met = { expression: 'lost==0', met: true, detail: '0 = 0' };
const missed = { expression: 'lost==0', met: false, detail: '1 ≠ 0' };

test.each([
  ['nothing was asked for', [{ verdict: 'VALID', thresholds: [] }], 0],
  ['all was reached', [{ verdict: 'DEGRADED', thresholds: [met, met] }], 0],
  ['one was not reached', [{ verdict: 'VALID', thresholds: [met, missed] }], 99],
  [
    'one round did not reach it',
    [
      { verdict: 'VALID', thresholds: [met] },
      { verdict: 'VALID', thresholds: [missed] },
    ],
    99,
  ],
  ['the number must not be believed', [{ verdict: 'INVALID', thresholds: [met] }], 6],
  [
    'it must not be believed that it was not reached',
    [{ verdict: 'INVALID', thresholds: [missed] }],
    6,
  ],
  [
    'one round must not be believed',
    [
      { verdict: 'VALID', thresholds: [missed] },
      { verdict: 'INVALID', thresholds: [] },
    ],
    6,
  ],
] as const)('when %s, the exit code says so', (_, trials, code) => {
  expect(exitCodeOf(trials)).toBe(code);
});
