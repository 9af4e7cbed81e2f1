import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { labelled, table, visibleLength, wrap } from './text-layout.ts';

test('a number stays with its unit when a line breaks', () => {
  const text = `${'x'.repeat(34)} in 10 % of 12 ms`;
  expect(wrap(text, { columns: 40, indent: 2 })).toBe(`${'x'.repeat(34)} in\n  10 % of 12 ms`);
});

test('wrapping loses no word, and no line with a break in it is too long', () => {
  const words = fc.array(
    fc.string({ unit: fc.constantFrom('a', 'b', 'é'), minLength: 1, maxLength: 30 }),
    {
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 40, max: 100 }), (given, columns) => {
      const text = wrap(given.join(' '), { columns, indent: 4 });
      expect(text.split(/\s+/)).toEqual(given);
      for (const line of text.split('\n')) expect(visibleLength(line)).toBeLessThanOrEqual(columns);
    }),
  );
});

test('text under a label is aligned with itself', () => {
  expect(labelled('SEEN', `${'word '.repeat(9)}end`, { columns: 40, labelWidth: 8 })).toBe(
    ['SEEN    word word word word word word', '        word word word end'].join('\n'),
  );
});

test('colours take no room in a table', () => {
  const { red } = createPaint(true);
  const rows = table(
    [
      [red('ab'), '1'],
      ['abc', '22'],
    ],
    ['left', 'right'],
  );
  expect(rows.map(visibleLength)).toEqual([7, 7]);
});
