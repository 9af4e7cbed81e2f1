import { expressionParts, type LabelMatcher, type Selector, syntaxErrorsOf } from './expression.ts';
import { KNOWN_SERIES } from './metric-contract.ts';

/**
 * What is wrong with an expression, in words; empty where nothing is. Prometheus itself answers all of these
 * but the first with silence: no data, which looks like no problem.
 *
 * @param expression with a dashboard's variables replaced
 * @param recorded names that recording rules make, which may carry any label
 */
export function expressionProblems(
  expression: string,
  { recorded = [] }: { readonly recorded?: readonly string[] } = {},
): readonly string[] {
  const { selectors, groupingLabels } = expressionParts(expression);
  const isRecorded = (name: string | null) => name !== null && recorded.includes(name);
  const labelsOfAll = selectors.flatMap(({ metric }) =>
    Object.keys(KNOWN_SERIES.get(metric ?? '') ?? {}),
  );
  return [
    ...syntaxErrorsOf(expression),
    ...selectors
      .filter(({ metric }) => !isRecorded(metric))
      .flatMap((selector) => selectorProblems(selector)),
    ...selectors.flatMap(({ matchers }) => matchers.flatMap(bucketProblem)),
    ...(selectors.some(({ metric }) => isRecorded(metric))
      ? []
      : groupingLabels
          .filter((label) => !labelsOfAll.includes(label))
          .map((label) => `no metric of it has the label ${label}`)),
  ];
}

function selectorProblems({ metric, matchers }: Selector): readonly string[] {
  if (metric === null) return ['a selector without the name of a metric'];
  const labels = KNOWN_SERIES.get(metric);
  if (labels === undefined) return [`${metric} does not exist`];
  return matchers.flatMap((matcher) => {
    const values = labels[matcher.label];
    if (values === undefined) return [`${metric} has no label ${matcher.label}`];
    if (values === 'any') return [];
    return strangersOf(matcher, values).map(
      (value) => `${matcher.label} of ${metric} is never ${JSON.stringify(value)}`,
    );
  });
}

/** Values that a matcher names and the label never has; alternatives of plain words are looked at one by one. */
function strangersOf(
  { operator, value }: LabelMatcher,
  values: readonly string[],
): readonly string[] {
  const isPattern = operator === '=~' || operator === '!~';
  if (!isPattern) return values.includes(value) ? [] : [value];
  if (/^[\w|]+$/.test(value)) return value.split('|').filter((word) => !values.includes(word));
  const pattern = new RegExp(`^(?:${value})$`);
  return values.some((word) => pattern.test(word)) ? [] : [value];
}

/** Prometheus 2 has buckets as they were exposed (`le="1"`), Prometheus 3 writes them as floats (`le="1.0"`). */
function bucketProblem({ label, value }: LabelMatcher): readonly string[] {
  return label === 'le' ? [`matches a bucket literally, le ${value}`] : [];
}
