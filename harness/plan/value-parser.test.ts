import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearestWord } from './nearest-word.ts';
import { duration, printDuration, wholeNumber } from './value-parser.ts';

test.each([
  ['0', 0],
  ['0ms', 0],
  ['500ms', 500],
  ['2s', 2_000],
  ['1.5s', 1_500],
  ['1.1s', 1_100],
  ['0.001s', 1],
  ['1m', 60_000],
  ['1h', 3_600_000],
  [' 2s ', 2_000],
])('%j is a time of %d ms', (text, ms) => {
  expect(duration({ minMs: 0, maxMs: 3_600_000 }).parse([text])).toEqual({ ok: true, value: ms });
});

test('a printed time reads back as itself', () => {
  const parser = duration({ minMs: 0, maxMs: 3_600_000 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3_600_000 }), (ms) => {
      expect(parser.parse([printDuration(ms)])).toEqual({ ok: true, value: ms });
    }),
  );
});

test('a printed number reads back as itself, and its neighbours outside are refused', () => {
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 50 }), (value) => {
      const parsed = wholeNumber({ min: 0, max: 40 }).parse([String(value)]);
      expect(parsed.ok).toBe(value >= 0 && value <= 40);
    }),
  );
});

test.each([
  ['pool-sise', ['pool-size', 'pool-order'], 'pool-size'],
  ['fastpi', ['fastapi', 'django'], 'fastapi'],
  ['rialsy', ['rails'], 'rails'],
  ['overflow', ['max-overflow'], 'max-overflow'],
  ['POOL-SIZE', ['pool-size'], 'pool-size'],
  ['zebra', ['pool-size', 'rails'], null],
  ['x', ['pg', 'go'], null],
])('%s among %j most likely means %s', (word, candidates, meant) => {
  expect(nearestWord(word, candidates)).toBe(meant);
});
