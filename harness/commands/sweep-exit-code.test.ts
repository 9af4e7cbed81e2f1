import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { sweepExitCode } from './sweep-exit-code.ts';

const met = { expression: 'lost==0', met: true, detail: '0 = 0' };
const missed = { expression: 'latency.p99<50ms', met: false, detail: '61 ms ≥ 50 ms' };
const cell = (
  id: string,
  thresholds: readonly (typeof met)[] = [],
  verdict: 'VALID' | 'DEGRADED' | 'INVALID' | null = 'VALID',
) => ({ id, verdict, thresholds: [...thresholds] });
const one = (...cells: readonly ReturnType<typeof cell>[]) => ({
  verdict: 'VALID' as const,
  situations: [{ cells: cells.map(({ id }) => id) }],
  cells,
});
const sound = { failure: null, thresholds: 0 } as const;
const two = { failure: null, thresholds: 2 } as const;

test('without thresholds a sweep that may be believed is a success, whatever it found', () => {
  expect(sweepExitCode(one(cell('a'), cell('b', [], 'INVALID')), sound)).toBe(0);
});

test('a sweep of which nothing may be believed exits 6, thresholds or not', () => {
  const invalid = { ...one(cell('a', [missed, met], 'INVALID')), verdict: 'INVALID' as const };
  expect(sweepExitCode(invalid, sound)).toBe(6);
  expect(sweepExitCode(invalid, two)).toBe(6);
});

test.each([
  ['one cell meets all of them', [cell('a', [missed, met]), cell('b', [met, met])], 0],
  ['each is met by another cell only', [cell('a', [missed, met]), cell('b', [met, missed])], 99],
  ['the cell that meets them may not be believed', [cell('a', [met, met], 'INVALID')], 99],
  ['the cell that meets them may be believed with care', [cell('a', [met, met], 'DEGRADED')], 0],
  ['a cell was not measured', [cell('a', [], null), cell('b', [missed, met])], 99],
  ['nobody knows of one of them', [cell('a', [met])], 99],
] as const)('with thresholds, when %s, the exit code says so', (_, cells, code) => {
  expect(sweepExitCode(one(...cells), two)).toBe(code);
});

test('every workload and load needs a cell that meets them', () => {
  const cells = [cell('a', [met, met]), cell('b', [met, missed])];
  const judged = { verdict: 'VALID' as const, cells };
  expect(sweepExitCode({ ...judged, situations: [{ cells: ['a'] }, { cells: ['b'] }] }, two)).toBe(
    99,
  );
  expect(sweepExitCode({ ...judged, situations: [{ cells: ['a', 'b'] }] }, two)).toBe(0);
});

test('a trial that failed goes before everything else, by its own code', () => {
  const failure = new LabError('POSTGRES_DIED', { message: '', hint: '' });
  const invalid = { ...one(cell('a', [missed, missed], 'INVALID')), verdict: 'INVALID' as const };
  expect(sweepExitCode(invalid, { failure, thresholds: 2 })).toBe(4);
});
