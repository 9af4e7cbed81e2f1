import { expect, test } from 'vitest';
import { EXACT, NEAR } from '../selftest/quantity.ts';
import type { JudgedQuantity, RowResult, SelftestResult } from '../selftest/selftest-result.ts';
import { NOISY_HOST, QUIET_HOST } from '../selftest/test/host-noise.ts';
import { createPaint } from './paint.ts';
import { selftestJson } from './selftest-json.ts';
import { selftestPassed, selftestTerminal } from './selftest-terminal.ts';

const STYLE = { columns: 80, paint: createPaint(false) };

const P99: JudgedQuantity = {
  name: 'p99',
  unit: 'ms',
  truth: 20.6,
  ours: 20.94,
  raw: 41,
  tolerance: NEAR,
  basis: 'time',
  headline: true,
  holds: true,
};
const LOST: JudgedQuantity = {
  name: 'lost',
  unit: 'requests',
  truth: 70,
  ours: 70,
  raw: 0,
  tolerance: EXACT,
  basis: 'count',
  headline: true,
  holds: true,
};
const PASSING: RowResult = {
  id: 'closed/resets',
  engine: 'closed',
  family: 'resets',
  title: 'resets instead of answers',
  status: 'pass',
  quantities: [P99, LOST, { ...LOST, name: 'broken laws', truth: 0, ours: 0, headline: false }],
  brokenLaws: [],
  noise: QUIET_HOST,
  doubts: [],
};

test('the answer first, then what is true, what is ours and what autocannon says', () => {
  expect(selftestTerminal(resultOf([PASSING]), STYLE)).toBe(
    [
      'selftest: 1 of 1 row passes in 41 s',
      '',
      '                     truth     ours  autocannon  allowed',
      'resets instead of answers',
      '  ✓  closed  p99   20.6 ms  20.9 ms       41 ms  ± 1 ms or 3 %',
      '             lost       70       70           0  exact',
      '',
      'truth       what the stub recorded of itself, or what follows by arithmetic',
      "ours        pool-lab's engines (closed: autocannon 9.0.0)",
      'autocannon  the same package left alone, a closed loop on the same stub, counts',
      '            as told of those in its own run; –: it does not tell',
      'allowed     around the truth, the larger of the two; or the 99.9 % interval',
      '            around ours that must hold it',
      '',
      'CARRIES OVER  that the account adds up, and that latency counts from the',
      '              intended start',
      'DOES NOT      how exact times are: that is this machine, now, at these rates',
      "UNKNOWN       whether the API's own share of a latency is told right: the stubs",
      '              have no pool',
      '',
    ].join('\n'),
  );
});

test('what is wrong is named with what was allowed, though the table would not show it', () => {
  const row: RowResult = {
    ...PASSING,
    status: 'fail',
    quantities: [P99, { ...LOST, headline: false, ours: 69, holds: false }],
    brokenLaws: ['scheduled 3 = 2'],
  };
  const text = selftestTerminal(resultOf([row, { ...PASSING, id: 'open/resets' }]), STYLE);
  expect(text).toMatch(/^selftest: 1 of 2 rows passes; FAILED closed\/resets in 41 s\n/);
  expect(text).toContain('  ✗  closed  p99');
  expect(text).toMatch(/lost ← +70 +69/);
  expect(text).toContain('✗ closed/resets: lost is 69, the truth 70\n');
  expect(text).toContain('✗ closed/resets: broken law: scheduled 3 = 2\n');
});

test('of many broken laws the first three are shown', () => {
  const brokenLaws = ['a', 'b', 'c', 'd', 'e'];
  const text = selftestTerminal(resultOf([{ ...PASSING, status: 'fail', brokenLaws }]), STYLE);
  expect(text.match(/broken law: .*/g)).toEqual([
    'broken law: a',
    'broken law: b',
    'broken law: c',
    'broken law: … and 2 more',
  ]);
});

test('an inconclusive row is no pass, and says why', () => {
  const row: RowResult = {
    ...PASSING,
    status: 'inconclusive',
    quantities: [{ ...P99, ours: 30, holds: false }],
    noise: NOISY_HOST,
    doubts: ['the stub was 7.0 ms late at p99'],
  };
  const result = resultOf([row]);
  const text = selftestTerminal(result, STYLE);
  expect(selftestPassed(result)).toBe(false);
  expect(text).toMatch(/^selftest: 0 of 1 row pass; inconclusive closed\/resets/);
  expect(text).toContain(
    '? closed/resets: p99 is 30 ms, the truth 20.6 ms (allowed 19.6 ms to 21.6 ms)\n',
  );
  expect(text.replace(/\n {2}/g, ' ')).toContain(
    'nothing can be told: the stub was 7.0 ms late at p99. Run it again',
  );
});

test('a self-test that was stopped did not pass, whatever its rows say', () => {
  const result = { ...resultOf([PASSING]), rowsPlanned: 16 };
  expect(selftestPassed(result)).toBe(false);
  expect(selftestTerminal(result, STYLE)).toMatch(
    /^selftest: 1 of 16 rows passes; stopped after 1/,
  );
});

test('JSON says the same, not rounded', () => {
  expect(JSON.parse(selftestJson(resultOf([PASSING])))).toMatchObject({
    schemaVersion: 1,
    passed: true,
    answer: 'selftest: 1 of 1 row passes in 41 s',
    rows: [{ id: 'closed/resets', quantities: [{ name: 'p99', ours: 20.94, raw: 41 }, {}, {}] }],
  });
});

function resultOf(rows: readonly RowResult[]): SelftestResult {
  return {
    schemaVersion: 1,
    rows,
    rowsPlanned: rows.length,
    engineVersions: { closed: 'autocannon 9.0.0' },
    durationMs: 41_200,
  };
}

test('stopped before the first row there is an answer and no empty table', () => {
  const stopped = { ...resultOf([]), rowsPlanned: 16, engineVersions: {} };
  const text = selftestTerminal(stopped, STYLE);
  expect(text).toMatch(/^selftest: 0 of \d+ rows pass; stopped after 0/);
  expect(text).not.toContain('truth');
});
