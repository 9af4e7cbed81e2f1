import type { MeasuredTrial } from '../analysis/trial-result.ts';

/** Each kind of doubt once, with how many of the trials it concerns and one of its facts. */
export function reasonsAgainst(
  trials: readonly Pick<MeasuredTrial, 'caveats'>[],
  trialsWord: string,
): readonly string[] {
  const byCode = new Map<string, string[]>();
  for (const { code, detail } of trials.flatMap(({ caveats }) => caveats)) {
    byCode.set(code, [...(byCode.get(code) ?? []), detail]);
  }
  return [...byCode].map(
    ([code, details]) =>
      `${code} in ${details.length} of ${trials.length} ${trialsWord}, e.g. ${details[0] ?? ''}`,
  );
}
