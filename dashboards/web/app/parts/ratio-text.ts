import { formatRatio } from '../../../../harness/report/format.ts';
import { intervalText } from '../../../../harness/report/interval-text.ts';
import type { Ratio } from '../sweep-types.ts';

/** `3.4 ×` */
export function timesText({ ratio }: Pick<Ratio, 'ratio'>): string {
  return `${formatRatio(ratio)} ×`;
}

/** The interval, and whether it tells the two apart. */
export function ratioText({ interval, finding, pairs }: Ratio): string {
  const range = interval === null ? 'no interval' : intervalText(interval, formatRatio).trimStart();
  return `${range}, ${FINDINGS[finding]} in ${pairs === 1 ? 'one pair' : `${pairs} pairs`}`;
}

const FINDINGS: Readonly<Record<Ratio['finding'], string>> = {
  higher: 'higher',
  lower: 'lower',
  equivalent: 'as good as equal',
  not_distinguishable: 'not to be told apart',
};
