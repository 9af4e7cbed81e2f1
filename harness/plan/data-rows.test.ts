import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataRows } from './data-rows.ts';
import { REQUEST_LIMITS } from './request-mix.ts';

function valuesOf(name: string, text: string) {
  const read = dataRows(name, text);
  return read.ok ? read.rows.map(({ values }) => values) : read.problems;
}
const problemsOf = (name: string, text: string): readonly string[] => {
  const read = dataRows(name, text);
  return read.ok ? [] : read.problems.map(({ line, problem }) => `${line} ${problem}`);
};

test.each([
  ['a plain file', 'a,b\n1,2\n', [{ a: '1', b: '2' }]],
  ['no line end at the end', 'a\n1', [{ a: '1' }]],
  ['a byte order mark', '\ufeffa\n1\n', [{ a: '1' }]],
  [
    'both line ends in one file',
    'a,b\n1,2\r\n3,4\n',
    [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  ],
  ['empty lines', 'a\n\n1\n\n\n2\n\n', [{ a: '1' }, { a: '2' }]],
  ['quotes', 'a,b\n"x, ""y""","1\n2"\n', [{ a: 'x, "y"', b: '1\n2' }]],
  ['empty values', 'a,b\n,""\n', [{ a: '', b: '' }]],
  ['blanks, which belong to values and not to names', 'a , b\n 1 ,2\n', [{ a: ' 1 ', b: '2' }]],
  [
    'a column that is called like what every object has',
    'constructor\n1\n',
    [{ constructor: '1' }],
  ],
])('CSV with %s is read', (_what, text, rows) => {
  expect(valuesOf('users.CSV', text)).toEqual(rows);
});

test.each([
  ['', ['1 is empty']],
  ['a\n', ['1 has no rows']],
  ['a,a\n1,2\n', ['1 names the column a twice']],
  ['a,\n1,2\n', ['1 has a column without a name']],
  ['__proto__\n1\n', ['1 names a column __proto__']],
  ['a,b\n1\n1,2\n1,2,3\n', ['2 has 1 values for 2 columns', '4 has 3 values for 2 columns']],
  ['a,b\n"1\n\n",2\n3\n', ['5 has 1 values for 2 columns']],
  ['a\n"x\n', ['2 is no CSV: a quote is opened and never closed']],
  ['a\n"x"y\n', ['2 is no CSV: something follows a closing quote']],
  ['a\nx"y\n', ['2 is no CSV: a quote stands in the middle of a value']],
])('CSV %j is refused with its line', (text, expected) => {
  expect(problemsOf('users.csv', text)).toEqual(expected);
});

test.each([
  [
    '{"a":1,"b":true}\r\n\r\n{"b":"x","a":-1.5}',
    [
      { a: '1', b: 'true' },
      { a: '-1.5', b: 'x' },
    ],
  ],
  ['{"a":"1\\n2"}\n', [{ a: '1\n2' }]],
])('JSON lines %j are read, their scalars as texts', (text, rows) => {
  expect(valuesOf('users.jsonl', text)).toEqual(rows);
  expect(valuesOf('users.ndjson', text)).toEqual(rows);
});

test.each([
  ['', ['1 has no rows']],
  ['{"a":1}\n[]\n{', ['2 is no JSON object', '3 is no JSON object']],
  ['{"a":1}\n{"b":1}', ['2 has no a']],
  ['{"a":1}\n{"a":1,"b":1}', ['2 has b, which the first row has not']],
  ['{"a":null}', ['1 has a, which is neither a text nor a number nor a boolean']],
  ['{"a":{}}', ['1 has a, which is neither a text nor a number nor a boolean']],
  ['{"a":12345678901234567890}', ['1 has a, which is neither a text nor a number nor a boolean']],
  ['{"a":"\\ud800"}', ['1 has a, which is neither a text nor a number nor a boolean']],
  ['{}', ['1 has no values']],
  ['{"__proto__":1}', ['1 names a column __proto__']],
])('JSON lines %j are refused with their lines', (text, expected) => {
  expect(problemsOf('users.jsonl', text)).toEqual(expected);
});

test('a file whose ending says nothing is refused', () => {
  expect(problemsOf('users.txt', 'a\n1\n')).toEqual([
    '1 has an ending that says nothing of its format',
  ]);
});

test.each([
  ['users.csv', 'a\n', '1\n', 100_002],
  ['users.jsonl', '', '{"a":1}\n', 100_001],
])('%s has at most as many rows as there may be', (name, header, row, line) => {
  const most = header + row.repeat(REQUEST_LIMITS.dataRowsMax);
  expect(dataRows(name, most)).toMatchObject({ ok: true });
  expect(problemsOf(name, most + row)).toEqual([`${line} begins row 100001`]);
});

test('what a table writes as CSV is read as it was, whatever is in it', () => {
  const value = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\ufeff'));
  const rows = fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(rows, (written) => {
      const text = stringify([['a', 'b'], ...written], { quoted: true });
      expect(valuesOf('x.csv', text)).toEqual(written.map(([a, b]) => ({ a, b })));
    }),
  );
});

test('no text crashes it', () => {
  const text = fc.array(fc.constantFrom('a', ',', '"', '\n', '\r\n', '\r', '{', '}', ':', '1'));
  fc.assert(
    fc.property(text, fc.constantFrom('x.csv', 'x.jsonl'), (parts, name) => {
      const read = dataRows(name, parts.join(''));
      if (!read.ok) expect(read.problems[0]?.line).toBeGreaterThan(0);
    }),
  );
});
