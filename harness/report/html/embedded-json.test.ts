import { expect, test } from 'vitest';
import { embeddedJson } from './embedded-json.ts';

test.each([
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  ']]>',
  '&lt;b&gt; &amp;',
  'line\u2028separator\u2029paragraph',
  'nul \u0000, bell \u0007, escape \u001b[31m',
  'lone \ud800 and \udfff',
  '\u202eright to left',
  '"quotes" \\ and \\u003c',
  '👩‍👩‍👧‍👦 e\u0301',
])('%j comes out of the page as it went in', (text) => {
  const json = embeddedJson({ [text]: [text] });
  expect(json).not.toMatch(/[<>&\u2028\u2029]/);
  expect(json.isWellFormed()).toBe(true);
  expect(JSON.parse(json)).toEqual({ [text]: [text] });
});

test('fractions lose what nobody sees, counts lose nothing', () => {
  expect(embeddedJson([1234.56789, 0.00001234567, 2 ** 53 - 1, -0.5, 0.1 + 0.2])).toBe(
    '[1234.57,0.0000123457,9007199254740991,-0.5,0.3]',
  );
});

test('what is not finite is nothing, as JSON has it', () => {
  expect(embeddedJson([Number.NaN, Number.POSITIVE_INFINITY])).toBe('[null,null]');
});
