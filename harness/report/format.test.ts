import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatBytes,
  formatClaim,
  formatCount,
  formatMs,
  formatRate,
  formatRatio,
  formatShare,
  formatSpread,
  plural,
} from './format.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [1_234_567, '1,234,567'],
  [-1_200, '−1,200'],
  [12.6, '13'],
])('the count %d is %s', (value, text) => {
  expect(formatCount(value)).toBe(text);
});

test.each([
  [null, '–'],
  [0, '0 ms'],
  [0.004, '0.00 ms'],
  [0.42, '0.42 ms'],
  [0.996, '1.0 ms'],
  [4.25, '4.3 ms'],
  [9.96, '10 ms'],
  [41.6, '42 ms'],
  [999.4, '999 ms'],
  [999.7, '1.00 s'],
  [1_234, '1.23 s'],
  [9_996, '10.0 s'],
  [12_345, '12.3 s'],
  [59_960, '1 min 0 s'],
  [125_000, '2 min 5 s'],
])('%s ms are shown as %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [0, '0'],
  [0.42, '0.42'],
  [4.25, '4.3'],
  [42.4, '42'],
  [4_210.4, '4,210'],
])('the rate %d is %s', (value, text) => {
  expect(formatRate(value)).toBe(text);
});

test.each([
  [0.983, '0.98'],
  [1, '1.00'],
  [1.023, '1.02'],
  [1.997, '2.0'],
  [4.13, '4.1'],
  [41.3, '41'],
])('the ratio %d is %s', (value, text) => {
  expect(formatRatio(value)).toBe(text);
});

test.each([
  [0, '0 %'],
  [0.0004, '< 0.1 %'],
  [0.012, '1.2 %'],
  [0.129, '13 %'],
  [0.994, '99.4 %'],
  [0.9999, '> 99.9 %'],
  [1, '100 %'],
])('the share %d is %s', (value, text) => {
  expect(formatShare(value)).toBe(text);
});

test('a share of something is never shown as none, nor a part as all', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1, minExcluded: true, maxExcluded: true, noNaN: true }),
      (share) => {
        expect(['0 %', '0.0 %', '100 %', '100.0 %']).not.toContain(formatShare(share));
      },
    ),
  );
});

test.each([
  [0, '0 B'],
  [1_000, '1000 B'],
  [1_024, '1.0 KiB'],
  [134_217_728, '128 MiB'],
  [1_610_612_736, '1.5 GiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('an unbounded claim is a word', () => {
  expect([formatClaim(null), formatClaim(1_200)]).toEqual(['unlimited', '1,200']);
});

test('one of a thing is singular', () => {
  expect([plural(1, 'worker'), plural(0, 'worker'), plural(1_000, 'process', 'processes')]).toEqual(
    ['1 worker', '0 workers', '1,000 processes'],
  );
});

test.each([
  [0, '0 %'],
  [0.07, '7.0 %'],
  [0.9995, '> 99.9 %'],
  [1, '100 %'],
  [1.624, '162 %'],
  [45.67, '4,567 %'],
])('rounds that are %d apart differ by %s', (spread, text) => {
  expect(formatSpread(spread)).toBe(text);
});
