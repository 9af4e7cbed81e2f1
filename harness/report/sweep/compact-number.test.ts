import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compactMs, compactRate, compactShare } from './compact-number.ts';

test.each([
  [0, '0'],
  [0.42, '0.42'],
  [4.2, '4.2'],
  [812.4, '812'],
  [999.4, '999'],
  [999.6, '1.0k'],
  [1_234, '1.2k'],
  [9_949, '9.9k'],
  [12_345, '12k'],
  [999_400, '999k'],
  [999_600, '1.0M'],
  [12_000_000, '12M'],
  [null, '–'],
])('%s answers per second are shown as %s', (value, text) => {
  expect(compactRate(value)).toBe(text);
});

test.each([
  [0, '0'],
  [0.42, '0.42'],
  [190.2, '190'],
  [999.6, '1.0s'],
  [1_240, '1.2s'],
  [90_000, '90s'],
  [3_600_000, '60m'],
  [null, '–'],
])('%s ms are shown as %s', (ms, text) => {
  expect(compactMs(ms)).toBe(text);
});

test.each([
  [0, '0'],
  [0.0004, '<.1%'],
  [0.012, '1.2%'],
  [0.27, '27%'],
  [0.996, '>99%'],
  [1, '100%'],
  [null, '–'],
])('a share of %s is shown as %s', (share, text) => {
  expect(compactShare(share)).toBe(text);
});

test('whatever the value, a cell of the map is wide enough', () => {
  const value = fc.double({ min: 0, max: 9e11, noNaN: true });
  fc.assert(fc.property(value, (rate) => compactRate(rate).length <= 4));
  fc.assert(
    fc.property(fc.double({ min: 0, max: 5e8, noNaN: true }), (ms) => compactMs(ms).length <= 5),
  );
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, noNaN: true }),
      (share) => compactShare(share).length <= 4,
    ),
  );
});
