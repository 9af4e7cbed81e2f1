import { formatMs, formatRate, formatShare } from '../../../../harness/report/format.ts';
import {
  compactMs,
  compactRate,
  compactShare,
} from '../../../../harness/report/sweep/compact-number.ts';
import { goodputShown } from '../../../../harness/report/sweep/panel-map.ts';
import type { Cell } from '../sweep-types.ts';

export const MEASURES = ['goodput', 'latency', 'errors'] as const;
export type MeasureName = (typeof MEASURES)[number];

/** What a heat map shows of each cell. */
export interface Measure {
  readonly name: MeasureName;
  readonly label: string;
  readonly valueOf: (cell: Cell) => number | null;
  /** For a cell of the map, without its unit where that stands in the label. */
  readonly compact: (value: number | null) => string;
  readonly inWords: (value: number) => string;
  /** Ratios count, not differences. */
  readonly logarithmic: boolean;
}

export const MEASURE: Readonly<Record<MeasureName, Measure>> = {
  goodput: {
    name: 'goodput',
    label: 'Answers in time per second',
    valueOf: goodputShown,
    compact: compactRate,
    inWords: (value) => `${formatRate(value)} answers in time per second`,
    logarithmic: false,
  },
  latency: {
    name: 'latency',
    label: 'p99 latency, ms',
    valueOf: ({ latencyMs }) => latencyMs.p99,
    compact: compactMs,
    inWords: (value) => `99 % answered within ${formatMs(value)}`,
    logarithmic: true,
  },
  errors: {
    name: 'errors',
    label: 'Failed requests',
    valueOf: failedShare,
    compact: compactShare,
    inWords: (value) => `${formatShare(value)} of requests failed`,
    logarithmic: false,
  },
};

/** Of all requests that came to an end or should have, refused ones among the failed. */
export function failedShare({ requests }: Pick<Cell, 'requests'>): number | null {
  return requests.scheduled === 0 ? null : requests.failed / requests.scheduled;
}
