import { openLoopOption } from '../load-model-choice.ts';
import type { Problem, ReadOptions } from '../option-table.ts';
import type { PLAN_OPTIONS } from '../run-options.ts';
import { parseThreshold } from './threshold.ts';
import { THRESHOLD_OPTIONS } from './threshold-options.ts';
import { type Sight, unseenThresholdProblems } from './threshold-sight.ts';

const FIELD = `--${THRESHOLD_OPTIONS.threshold.flag}`;

/**
 * What is wrong with each threshold: not understood, or about what the load will not have or nobody will see.
 *
 * @param sight default: of what the lab starts
 */
export function thresholdProblems(
  { values, sources }: Pick<ReadOptions<typeof PLAN_OPTIONS>, 'values' | 'sources'>,
  sight: Sight = { service: values.command === null ? null : 'command', database: true },
): readonly Problem[] {
  return [
    ...expressionProblems({ values, sources }),
    ...unseenThresholdProblems(values, sources, sight),
  ];
}

function expressionProblems({
  values,
  sources,
}: Pick<ReadOptions<typeof PLAN_OPTIONS>, 'values' | 'sources'>): readonly Problem[] {
  const closed = openLoopOption(values) === null;
  const source = sources.threshold;
  return values.threshold.flatMap((value): Problem[] => {
    const parsed = parseThreshold(value);
    if (!parsed.ok) {
      const remedy = parsed.remedy ?? `give ${THRESHOLD_OPTIONS.threshold.parser.expected}`;
      const blanks =
        source !== THRESHOLD_OPTIONS.threshold.env
          ? ''
          : `; in ${source} blanks separate thresholds`;
      return [{ field: FIELD, value, source, problem: parsed.problem, remedy: remedy + blanks }];
    }
    const { fact, side } = parsed.value;
    const aboutOffered = fact === 'offered' || (side.kind === 'fact' && side.fact === 'offered');
    if (!closed || !aboutOffered) return [];
    return [
      {
        field: FIELD,
        value,
        source,
        problem: 'is about the offered rate, which the closed loop does not have',
        remedy:
          fact === 'offered'
            ? 'give --rate or --stages, or leave it out'
            : 'give --rate or --stages, or compare with a number',
      },
    ];
  });
}
