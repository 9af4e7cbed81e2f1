import { expect, test } from 'vitest';
import { prometheusLinks } from '../../harness/report/prometheus-links.ts';
import { expressionProblems } from '../promql/expression-problems.ts';

test.each(prometheusLinks('http://127.0.0.1:9090/graph').graphs)(
  'the terminal links to an expression that has data: $title',
  ({ expression }) => {
    expect(expressionProblems(expression)).toEqual([]);
  },
);
