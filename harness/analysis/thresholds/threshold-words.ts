import type { Comparison } from '../../plan/thresholds/threshold.ts';
import type { FactUnit } from '../../plan/thresholds/threshold-facts.ts';
import type { Range } from './threshold-range.ts';

/** Enough to act on; more where the two sides would look the same. */
const DIGITS_MIN = 3;
/** A double has no more. */
const DIGITS_MAX = 17;

const SHOWN: Readonly<Record<Comparison, string>> = {
  '<': '<',
  '<=': '≤',
  '>': '>',
  '>=': '≥',
  '==': '=',
  '!=': '≠',
};
const OPPOSITE: Readonly<Record<Comparison, Comparison>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** How the two sides stand to each other, as a true statement: `71.3 ms ≥ 50 ms`. */
export function comparisonWords(
  sides: { readonly left: Range; readonly right: Range; readonly unit: FactUnit },
  comparison: Comparison,
  met: boolean,
): string {
  const [left, right] = sideWords(sides);
  return `${left} ${SHOWN[met ? comparison : OPPOSITE[comparison]]} ${right}`;
}

/** Where it could be either: `at least 71.3 ms, which may be < 50 ms or not`. */
export function openWords(
  sides: { readonly left: Range; readonly right: Range; readonly unit: FactUnit },
  comparison: Comparison,
): string {
  const [left, right] = sideWords(sides);
  return `${left} need not be ${SHOWN[comparison]} ${right}`;
}

/** One value of that unit. */
export function valueWords(unit: FactUnit, value: number, digits: number = DIGITS_MIN): string {
  if (value === Number.POSITIVE_INFINITY) return 'unlimited';
  switch (unit) {
    case 'ms':
      // Long times in seconds, but not where that hides a difference.
      return value >= 10_000
        ? `${rounded(value / 1_000, digits)} s`
        : `${rounded(value, digits)} ms`;
    case 'per_second':
      return `${rounded(value, digits)}/s`;
    case 'count':
      return rounded(value, Math.max(digits, Math.trunc(value).toString().length));
    case 'share':
      return `${rounded(value * 100, digits)} %`;
    case 'cores':
      return `${rounded(value, digits)} ${value === 1 ? 'core' : 'cores'}`;
  }
}

function sideWords({
  left,
  right,
  unit,
}: {
  readonly left: Range;
  readonly right: Range;
  readonly unit: FactUnit;
}): readonly [string, string] {
  const words = ({ low, high }: Range, digits: number): string => {
    const lowest = valueWords(unit, low, digits);
    if (low === high) return lowest;
    return high === Number.POSITIVE_INFINITY
      ? `at least ${lowest}`
      : `${lowest} to ${valueWords(unit, high, digits)}`;
  };
  for (let digits = DIGITS_MIN; ; digits += 1) {
    const texts = [words(left, digits), words(right, digits)] as const;
    // 50.004 ms and 50 ms must not both be shown as 50 ms.
    const distinct = valueWords(unit, left.low, digits) !== valueWords(unit, right.low, digits);
    if (distinct || left.low === right.low || digits === DIGITS_MAX) return texts;
  }
}

/** Never fewer digits than stand before the point: 1,234 is not 1,230. */
function rounded(value: number, digits: number): string {
  const whole = Math.trunc(value).toString().length;
  return value.toLocaleString('en-US', { maximumSignificantDigits: Math.max(digits, whole) });
}
