import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface LabelMatcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** One choice of series: `pool_lab_pg_connections{worker="others"}`. */
export interface Selector {
  /** `null`: chosen by labels alone, or by a name in quotes, which Prometheus 2 does not know. */
  readonly metric: string | null;
  readonly matchers: readonly LabelMatcher[];
}

/** What an expression of PromQL refers to. */
export interface ExpressionParts {
  readonly selectors: readonly Selector[];
  /** Names in `by`, `without`, `on`, `ignoring`, `group_left` and `group_right`. */
  readonly groupingLabels: readonly string[];
}

/**
 * Where an expression is no PromQL, one text a place; empty where it is. Grammar only, Prometheus 3's: neither
 * types nor numbers of arguments, which `promtool check rules` sees. A dashboard's variables must be replaced
 * before.
 */
export function syntaxErrorsOf(expression: string): readonly string[] {
  return nodesOf(expression)
    .filter((node) => node.type.isError)
    .map(
      ({ from }) => `no PromQL at ${from}: ${JSON.stringify(expression.slice(from, from + 20))}`,
    );
}

/** Every metric an expression reads, once; histograms with their `_bucket`, `_sum` or `_count`. */
export function metricNamesOf(expression: string): readonly string[] {
  const names = expressionParts(expression).selectors.map(({ metric }) => metric);
  return [...new Set(names.filter((name) => name !== null))];
}

/** What an expression refers to; of one with syntax errors, what can be told. Only importer of the parser. */
export function expressionParts(expression: string): ExpressionParts {
  const nodes = nodesOf(expression);
  return {
    selectors: nodes
      .filter(({ name }) => name === 'VectorSelector')
      .map((node) => selectorOf(node, expression)),
    groupingLabels: nodes
      .filter(({ name }) => name === 'GroupingLabels')
      .flatMap((node) => [...node.getChildren('LabelName'), ...node.getChildren('QuotedLabelName')])
      .map((node) => textOf(node, expression)),
  };
}

function selectorOf(selector: SyntaxNode, expression: string): Selector {
  const name = selector.getChild('Identifier');
  const matchers = selector.getChild('LabelMatchers');
  const of = (kind: string) => matchers?.getChildren(kind) ?? [];
  return {
    metric: name === null ? null : textOf(name, expression),
    matchers: [...of('UnquotedLabelMatcher'), ...of('QuotedLabelMatcher')].flatMap((matcher) => {
      const label = matcher.getChild('LabelName') ?? matcher.getChild('QuotedLabelName');
      const operator = operatorOf(matcher.getChild('MatchOp'), expression);
      const value = matcher.getChild('StringLiteral');
      if (label === null || value === null || operator === null) return [];
      return [
        {
          label: textOf(label, expression),
          operator,
          value: stringValue(textOf(value, expression)),
        },
      ];
    }),
  };
}

function operatorOf(node: SyntaxNode | null, expression: string): LabelMatcher['operator'] | null {
  const text = node === null ? '' : textOf(node, expression);
  return text === '=' || text === '!=' || text === '=~' || text === '!~' ? text : null;
}

/** PromQL's strings are Go's: in backquotes nothing is escaped, in quotes a backslash escapes. */
function stringValue(literal: string): string {
  const inner = literal.slice(1, -1);
  return literal.startsWith('`') ? inner : inner.replaceAll(/\\(.)/g, '$1');
}

const textOf = ({ from, to }: SyntaxNode, expression: string): string => expression.slice(from, to);

function nodesOf(expression: string): readonly SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  parser.parse(expression).iterate({
    enter: ({ node }) => {
      nodes.push(node);
    },
  });
  return nodes;
}
