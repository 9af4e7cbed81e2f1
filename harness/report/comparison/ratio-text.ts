import type { Contrast } from '../../analysis/comparison/comparison-result.ts';
import { FAR_APART_FACTOR } from '../../analysis/sweep/cell-ratio.ts';
import type { Interval } from '../../analysis/trial-result.ts';
import { ABSENT, formatCount, plural } from '../format.ts';
import { intervalText } from '../interval-text.ts';

/** This near to 1, two digits would hide on which side of it an end lies. */
const NEAR_ONE = 0.005;
/** Below this an end lies near enough to 1 that its hundredths count. */
const NEAR_ENOUGH = 1.5;

/**
 * `1.34 [1.29–1.40]`, with as many digits in all three as tell them from 1: three where two would show an
 * end as 1 that is not, one where all are far above.
 */
export function ratioText(ratio: number, interval: Interval | null): string {
  if (interval === null) return numberText(ratio, digitsOf(ratio, ratio));
  const { low, high } = interval;
  const fine = [low, high].some((end) => end !== 1 && Math.abs(end - 1) < NEAR_ONE);
  const digits = fine ? 3 : digitsOf(ratio, low);
  return numberText(ratio, digits) + intervalText(interval, (end) => numberText(end, digits));
}

function digitsOf(ratio: number, low: number): number {
  if (low < NEAR_ENOUGH || ratio < 1.995) return 2;
  return ratio < 9.95 ? 1 : 0;
}

function numberText(value: number, digits: number): string {
  // Two digits of what is left, however little: 0.0021 is not 0.00.
  if (value < 0.095) return value.toPrecision(2);
  return value < 99.5 ? value.toFixed(digits) : formatCount(value);
}

export function contrastText(contrast: Contrast): string {
  switch (contrast.basis) {
    case 'rounds':
      return ratioText(contrast.ratio, contrast.interval);
    case 'own_intervals':
      return ratioText(contrast.ratio, null);
    case 'none':
      return ABSENT;
  }
}

/** What was found, for the last column of a table. */
export function findingText(contrast: Contrast): string {
  switch (contrast.basis) {
    case 'rounds':
      return contrast.finding === 'not_distinguishable'
        ? `${isFarApart(contrast.ratio) ? 'far apart, and uncertain' : 'not distinguishable'}${moreText(contrast.pairsMore)}`
        : contrast.finding;
    case 'own_intervals':
      return {
        apart: 'no two pairs; own intervals apart',
        overlapping: 'no two pairs; own intervals overlap',
        unknown: 'no interval',
      }[contrast.finding];
    case 'none':
      return `no number of ${contrast.without.map((side) => ({ left: 'A', right: 'B' })[side]).join(' and ')}`;
  }
}

/** Too few rounds, or too wild ones, are no reason to call such two alike. */
function isFarApart(ratio: number): boolean {
  return ratio >= FAR_APART_FACTOR || ratio <= 1 / FAR_APART_FACTOR;
}

function moreText(pairsMore: number | null): string {
  return pairsMore === null ? ', not in 100 pairs' : `, ${plural(pairsMore, 'more pair')}`;
}

/** The same seen from the other side. */
export function turnedRound(contrast: Contrast): Contrast {
  switch (contrast.basis) {
    case 'rounds': {
      const { bootstrapInterval, finding } = contrast;
      return {
        ...contrast,
        ratio: 1 / contrast.ratio,
        interval: inverse(contrast.interval),
        bootstrapInterval: bootstrapInterval === null ? null : inverse(bootstrapInterval),
        finding: finding === 'higher' ? 'lower' : finding === 'lower' ? 'higher' : finding,
      };
    }
    case 'own_intervals':
      return { ...contrast, ratio: 1 / contrast.ratio };
    case 'none':
      return contrast;
  }
}

const inverse = ({ low, high }: Interval): Interval => ({ low: 1 / high, high: 1 / low });
