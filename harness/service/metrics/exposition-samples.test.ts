import fc from 'fast-check';
import { expect, test } from 'vitest';
import { expositionSamples } from './exposition-samples.ts';

function read(text: string): unknown[] {
  return [...expositionSamples(text, () => true)].map(({ name, labels, value }) => [
    name,
    Object.fromEntries(labels),
    value,
  ]);
}

test.each<readonly [string, string, readonly unknown[]]>([
  ['a bare sample', 'up 1', [['up', {}, 1]]],
  [
    'labels, and the comma that Java leaves behind',
    'a{b="c",d="e",} 2.5',
    [['a', { b: 'c', d: 'e' }, 2.5]],
  ],
  ['a timestamp', 'a 3 1395066363000', [['a', {}, 3]]],
  ['a negative timestamp and blanks', ' a {b="c"}\t-1e-3   -5', [['a', { b: 'c' }, -0.001]]],
  ['an exemplar', 'a_bucket{le="1"} 7 # {trace_id="x"} 0.5 1.2', [['a_bucket', { le: '1' }, 7]]],
  ['escapes', String.raw`a{b="C:\\x\n\"y\""} 1`, [['a', { b: 'C:\\x\n"y"' }, 1]]],
  ['a brace and a comma in a value', 'a{b="},{",c="="} 1', [['a', { b: '},{', c: '=' }, 1]]],
  [
    'a quoted name',
    '{"db.client.connection.max",pool="p"} 9',
    [['db_client_connection_max', { pool: 'p' }, 9]],
  ],
  ['quoted labels', 'a{"pool.name"="p"} 9', [['a', { pool_name: 'p' }, 9]]],
  [
    'comments, types, units, the end',
    '# HELP a x\n# TYPE a gauge\n# UNIT a s\na 1\n# EOF',
    [['a', {}, 1]],
  ],
  [
    'Windows’ line ends',
    'a 1\r\nb 2\r\n',
    [
      ['a', {}, 1],
      ['b', {}, 2],
    ],
  ],
  ['no number', 'a NaN\nb +Inf\nc -Inf\nd x\ne\nf{} \ng 0x10', []],
  ['what is cut off', 'a{b="c\na{b="c"\na{b=\na{\n{\na{b} 1\n', []],
  ['a page of HTML', '<!doctype html><html lang="en"><p>404</p></html>', []],
])('%s', (_, text, samples) => {
  expect(read(text)).toEqual(samples);
});

test('a label called as something that every object has is a label', () => {
  const [sample] = expositionSamples('a{__proto__="x",constructor="y"} 1', () => true);
  expect(sample?.labels.get('__proto__')).toBe('x');
});

test('nobody’s text makes it throw or take long', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
      for (const { value } of expositionSamples(text, () => true)) {
        expect(Number.isFinite(value)).toBe(true);
      }
    }),
  );
  for (const hostile of [
    'a{'.repeat(20_000),
    'a{b="'.concat('\\'.repeat(40_001)),
    '"'.repeat(40_000),
    `{${'"a",'.repeat(10_000)}`,
  ]) {
    expect(read(hostile)).toEqual([]);
  }
});

test('what was written is read back, however strange its labels', () => {
  const name = fc.stringMatching(/^[a-z_:][a-z0-9_:]{0,20}$/);
  const label = fc.tuple(
    fc.stringMatching(/^[a-z_][a-z0-9_]{0,10}$/),
    fc.string({ unit: 'binary' }),
  );
  const sample = fc.tuple(
    name,
    fc.uniqueArray(label, { selector: ([key]) => key, maxLength: 5 }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  );
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 5 }), (samples) => {
      const written = (text: string): string =>
        text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
      const text = samples
        .map(
          ([key, labels, value]) =>
            `${key}{${labels.map(([l, v]) => `${l}="${written(v)}"`).join(',')}} ${value}\n`,
        )
        .join('');
      expect(read(text)).toEqual(
        samples.map(([key, labels, value]) => [
          key,
          Object.fromEntries(labels),
          value === 0 ? 0 : value,
        ]),
      );
    }),
  );
});
