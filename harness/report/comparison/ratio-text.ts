import type { Contrast } from '../../analysis/comparison/comparison-result.ts';
import type { Interval } from '../../analysis/trial-result.ts';
import { ABSENT, formatRatio } from '../format.ts';

/** This near to 1, two digits would hide on which side of it an end lies. */
const NEAR_ONE = 0.005;

/** `1.34 [1.29–1.40]`; three digits where two would show an end as 1 that is not. */
export function ratioText(ratio: number, interval: Interval | null): string {
  const ends = interval === null ? [] : [interval.low, interval.high];
  const fine = ends.some((end) => end !== 1 && Math.abs(end - 1) < NEAR_ONE);
  const text = (value: number): string => {
    if (fine && value < 2) return value.toFixed(3);
    // Two digits of what is left, however little: 0.0021 is not 0.00.
    return value < 0.095 ? value.toPrecision(2) : formatRatio(value);
  };
  const [low, high] = ends;
  if (low === undefined || high === undefined) return text(ratio);
  return `${text(ratio)} [${text(low)}–${text(high)}]`;
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
        ? `not distinguishable${moreText(contrast.pairsMore)}`
        : contrast.finding;
    case 'own_intervals':
      return {
        apart: 'no second pair; own intervals apart',
        overlapping: 'no second pair; own intervals overlap',
        unknown: 'no interval',
      }[contrast.finding];
    case 'none':
      return `no number of ${contrast.without.map((side) => ({ left: 'A', right: 'B' })[side]).join(' and ')}`;
  }
}

function moreText(pairsMore: number | null): string {
  return pairsMore === null ? ' in 100 pairs' : `, ${pairsMore} more`;
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
