import { parseThreshold, type Threshold } from '../../plan/thresholds/threshold.ts';
import type { ThresholdResult } from '../trial-result.ts';
import type { JudgedTrial, Reading } from './fact-reading.ts';
import { decide, exactly, partOf, type Range } from './threshold-range.ts';
import { readFact } from './threshold-readings.ts';
import { comparisonWords, openWords, valueWords } from './threshold-words.ts';

/** A threshold that could not be met any more, so that the run was stopped. */
export interface ThresholdStop {
  /** As it was asked for. */
  readonly expression: string;
  /** Both sides at that moment. */
  readonly detail: string;
}

/**
 * Was what was asked for reached? In the order of asking. A number that the trial withholds, and one
 * that is a lower bound only, never meets what it does not prove, and the result says why.
 *
 * @param stop the threshold that ended the run early: it is not met, whatever the rest would say
 */
export function evaluateThresholds(
  expressions: readonly string[],
  trial: JudgedTrial,
  stop: ThresholdStop | null = null,
): ThresholdResult[] {
  return expressions.map((expression) =>
    expression === stop?.expression
      ? { expression, met: false, detail: stop.detail }
      : {
          expression,
          ...judgeThreshold(understood(expression), (fact) => readFact(fact, trial)),
        },
  );
}

/** Of a plan's thresholds, all of which were understood before anything started. */
export function understood(expression: string): Threshold {
  const parsed = parseThreshold(expression);
  if (!parsed.ok) throw new Error(`the threshold ${expression} ${parsed.problem}`);
  return parsed.value;
}

/** Both sides in words: `24 ≥ 20.8 = 0.8 × 26`. */
export function thresholdDetail(
  { unit, comparison, side }: Pick<Threshold<string>, 'unit' | 'comparison' | 'side'>,
  sides: { readonly left: Range; readonly right: Range; readonly met: boolean },
): string {
  const { left, right, met } = sides;
  const words = comparisonWords({ left, right, unit }, comparison, met);
  if (side.kind === 'number' || side.factor === 1) return words;
  return `${words} = ${side.factor} × ${valueWords(unit, right.low / side.factor)}`;
}

/** Is it met, with what its facts are read as? */
export function judgeThreshold<F extends string>(
  threshold: Threshold<F>,
  read: (fact: F) => Reading,
): Pick<ThresholdResult, 'met' | 'detail'> {
  const { fact, unit, comparison, side } = threshold;
  const left = read(fact);
  if (left.kind === 'withheld') return withheld(fact, left);
  const whole: Reading =
    side.kind === 'fact' ? read(side.fact) : { kind: 'known', range: exactly(side.value) };
  if (whole.kind === 'withheld') {
    return withheld(side.kind === 'fact' ? side.fact : fact, whole);
  }
  const right = side.kind === 'fact' ? partOf(whole.range, side.factor) : whole.range;
  const sides = { left: left.range, right };
  const decision = decide(sides.left, comparison, right);
  if (decision === 'open') {
    const because = left.because ?? whole.because;
    const words = openWords({ ...sides, unit }, comparison);
    return { met: false, detail: because === undefined ? words : `${words}: ${because}` };
  }
  const met = decision === 'met';
  return { met, detail: thresholdDetail(threshold, { ...sides, met }) };
}

function withheld(
  fact: string,
  { why }: Extract<Reading, { readonly kind: 'withheld' }>,
): Pick<ThresholdResult, 'met' | 'detail'> {
  return { met: false, detail: `no number for ${fact}: ${why}` };
}
