import { expect, test } from 'vitest';
import { exposition } from './exposition.ts';

test('a metric is its help, its type and its series', () => {
  const text = exposition([
    {
      name: 'requests_total',
      type: 'counter',
      help: 'Requests.',
      samples: [
        { labels: { result: 'ok', code: '200' }, value: 3 },
        { labels: { result: 'failed', code: '503' }, value: 0.25 },
      ],
    },
    { name: 'in_flight', type: 'gauge', help: 'Now.', samples: [{ labels: {}, value: -0 }] },
  ]);
  expect(text).toBe(
    [
      '# HELP requests_total Requests.',
      '# TYPE requests_total counter',
      'requests_total{result="ok",code="200"} 3',
      'requests_total{result="failed",code="503"} 0.25',
      '# HELP in_flight Now.',
      '# TYPE in_flight gauge',
      'in_flight 0',
      '',
    ].join('\n'),
  );
});

test('a metric of which nothing is known is not there', () => {
  expect(exposition([{ name: 'a', type: 'gauge', help: 'b', samples: [] }])).toBe('');
});

test('what would end a line, a label or a help text is escaped', () => {
  const [help, , series] = exposition([
    {
      name: 'a',
      type: 'gauge',
      help: 'one\\two\n"three"',
      samples: [{ labels: { b: 'one\\two\n"three"' }, value: 1 }],
    },
  ]).split('\n');
  expect(help).toBe('# HELP a one\\\\two\\n"three"');
  expect(series).toBe('a{b="one\\\\two\\n\\"three\\""} 1');
});

test.each([
  [1e-7, '1e-7'],
  [1e21, '1e+21'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
])('%d is written as %s, which Go can read', (value, expected) => {
  const text = exposition([
    { name: 'a', type: 'gauge', help: 'b', samples: [{ labels: {}, value }] },
  ]);
  expect(text).toContain(`a ${expected}\n`);
});
