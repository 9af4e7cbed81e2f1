import { expect, test } from 'vitest';
import { expressionParts, metricNamesOf, syntaxErrorsOf } from './expression.ts';

test.each([
  'sum by (worker) (rate(a_total[5s])) / on (worker) group_left (job) b > bool 0.5',
  'histogram_quantile(0.99, sum by (le) (rate(w_seconds_bucket[1m])))',
  'max_over_time((a - b)[5m:15s]) offset 1m or vector(0)',
])('%s has no error', (expression) => {
  expect(syntaxErrorsOf(expression)).toEqual([]);
});

test.each(['sum(rate(a_total[5s])', 'a{worker=1}', 'a + ', 'rate(a[5])) b', 'nonsense(a)', ''])(
  '%j is no PromQL',
  (expression) => {
    expect(syntaxErrorsOf(expression)).not.toEqual([]);
  },
);

test('metrics are named once, functions, labels and modifiers are none', () => {
  const expression =
    'sum by (worker) (rate(a_total{state="used"}[5s])) - on (worker) a_total + time() > b_bucket offset 5s';
  expect(metricNamesOf(expression)).toEqual(['a_total', 'b_bucket']);
});

test('each selector has its matchers with their values as they are meant', () => {
  const expression = 'a{worker=~"[0-9]+", state!=\'it\\\'s\', "le"!~`\\d`}';
  expect(expressionParts(expression).selectors).toEqual([
    {
      metric: 'a',
      matchers: [
        { label: 'worker', operator: '=~', value: '[0-9]+' },
        { label: 'state', operator: '!=', value: "it's" },
        { label: '"le"', operator: '!~', value: '\\d' },
      ],
    },
  ]);
});

test('a selector without a name is told from one with', () => {
  const { selectors } = expressionParts('{__name__=~"a.*"} + {"a.b"}');
  expect(selectors.map(({ metric }) => metric)).toEqual([null, null]);
});

test('labels that series are grouped and matched by are known', () => {
  const expression =
    'sum by (job, worker) (a) * on (job) group_left (instance) sum without (le) (b)';
  expect(expressionParts(expression).groupingLabels).toEqual([
    'job',
    'worker',
    'job',
    'instance',
    'le',
  ]);
});
