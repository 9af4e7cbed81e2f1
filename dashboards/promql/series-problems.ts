import { KNOWN_SERIES } from './metric-contract.ts';

/**
 * What a scraped series has that expressions are not checked against, in words: they are only as right as the
 * table of names, labels and values is.
 *
 * @param labels with its name as `__name__`
 */
export function seriesProblems(labels: Readonly<Record<string, string>>): readonly string[] {
  const { __name__: name = '', ...own } = labels;
  const known = KNOWN_SERIES.get(name);
  if (known === undefined) return [`${name} is not in the contract`];
  return Object.entries(own).flatMap(([label, value]) => {
    const values = known[label];
    if (values === undefined) return [`${name} has a label ${label}`];
    return values === 'any' || values.includes(value) ? [] : [`${label} of ${name} is ${value}`];
  });
}

/** Names of labels that none of these series has, of those the contract gives to them: `metric label`. */
export function missingLabels(
  series: readonly Readonly<Record<string, string>>[],
): readonly string[] {
  const byName = Map.groupBy(series, (labels) => labels['__name__'] ?? '');
  return [...byName].flatMap(([name, all]) =>
    Object.keys(KNOWN_SERIES.get(name) ?? {})
      .filter((label) => !all.some((labels) => label in labels))
      .map((label) => `${name} ${label}`),
  );
}
