import { option } from '../option.ts';
import { PLAN_LIMITS } from '../trial-plan.ts';
import { type ValueParser, yesNo } from '../value-parser.ts';

/** What a trial must reach. */
export const THRESHOLD_OPTIONS = {
  threshold: option('threshold', {
    parser: thresholdExpressions('latency.p99<50ms'),
    defaultValue: [],
    description:
      'what must be reached, or exit 99, e.g. latency.p99<50ms or pg.connections.peak<0.8*usable',
    repeatable: true,
  }),
  abortOnFail: option('abort-on-fail', {
    parser: yesNo(),
    defaultValue: false,
    description: 'stop as soon as a threshold cannot be met any more',
  }),
} as const;

/**
 * Each as it was typed: whether it can be understood is told for every one of them, with its own
 * remedy, which one problem for the whole option could not.
 */
export function thresholdExpressions(example: string): ValueParser<readonly string[]> {
  return {
    placeholder: 'expression',
    expected: `a fact, a comparison and a number or a fact: ${example}`,
    schema: {
      anyOf: [
        { type: 'string' },
        { type: 'array', items: { type: 'string' }, maxItems: PLAN_LIMITS.thresholdsMax },
      ],
    },
    parse(texts) {
      const value = texts.map((text) => text.trim());
      return value.length <= PLAN_LIMITS.thresholdsMax
        ? { ok: true, value }
        : {
            ok: false,
            problem: `are ${value.length} thresholds`,
            remedy: `give ${PLAN_LIMITS.thresholdsMax} or fewer`,
          };
    },
    print: (value) => (value.length === 0 ? 'none' : value.join(' ')),
  };
}
