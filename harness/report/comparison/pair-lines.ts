import type {
  CellPair,
  Contrast,
  RatioMetric,
  Side,
} from '../../analysis/comparison/comparison-result.ts';
import type { Estimate } from '../../analysis/sweep/sweep-result.ts';
import type { Interval } from '../../analysis/trial-result.ts';
import {
  ABSENT,
  formatClaim,
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  plural,
} from '../format.ts';
import { intervalText } from '../interval-text.ts';
import type { ReportLine } from '../report-line.ts';
import { plainText } from '../sweep/plain-text.ts';
import { table } from '../text-layout.ts';
import { differenceText } from './fact-words.ts';
import { fromLeader, leadingSide } from './pair-headline.ts';
import { contrastText, findingText } from './ratio-text.ts';
import { LETTER, sideShapeText } from './side-words.ts';

const OTHER = { left: 'right', right: 'left' } as const satisfies Record<Side, Side>;

/** What the two are, what differs, and how they were paired. */
export function comparedLines(pair: CellPair): readonly ReportLine[] {
  const { left, right, declared } = pair;
  return [
    { label: 'A', text: `${sideShapeText(left)} in ${plainText(left.given)}` },
    { label: 'B', text: `${sideShapeText(right)} in ${plainText(right.given)}` },
    {
      label: 'DIFFERS',
      text:
        declared.length === 0
          ? 'nothing that was configured: an A/A comparison, so what is found is noise, or changed by itself'
          : declared.map(differenceText).join(', '),
    },
    { label: 'PAIRS', text: pairsText(pair) },
  ];
}

function pairsText({ pairs }: CellPair): string {
  const { rounds, interleaved, gapMsMax } = pairs;
  const gap =
    gapMsMax === null
      ? ''
      : `, ${rounds.length === 1 ? 'its two' : 'the two of each'} started ${rounds.length === 1 ? '' : 'at most '}${formatMs(gapMsMax)} apart`;
  const turns = interleaved ? 'measured in turns in one run' : 'not measured in turns';
  return `${plural(rounds.length, 'round')} that both have, ${turns}${gap}`;
}

const ROWS: readonly {
  readonly metric: RatioMetric;
  readonly title: string;
  readonly text: (value: number) => string;
}[] = [
  { metric: 'goodputPerSecond', title: 'in time/s', text: formatRate },
  { metric: 'throughputPerSecond', title: 'right/s', text: formatRate },
  { metric: 'latencyMsP50', title: 'p50', text: formatMs },
  { metric: 'latencyMsP99', title: 'p99', text: formatMs },
];

/** Both sides of every quantity, the side with the higher goodput first, as in the headline. */
export function resultLines(pair: CellPair): readonly ReportLine[] {
  const leader = leadingSide(pair);
  const second = OTHER[leader];
  const quantities = ROWS.map(({ metric, title, text }) => {
    const { contrast, ...sides } = pair.metrics[metric];
    return {
      title,
      values: [leader, second].map((side) => estimateText(sides[side], text)),
      contrast: fromLeader(contrast, leader),
    };
  });
  return [
    {
      label: 'RESULT',
      text: `right answers per s within ${formatMs(pair.left.goodputDeadlineMs)} and all, over the rounds; ratios paired by round; all with 95 % intervals`,
      rows: table(
        [
          ['', LETTER[leader], LETTER[second], `${LETTER[leader]} / ${LETTER[second]}`],
          ...quantities.map(({ title, values, contrast }) => [
            title,
            ...values,
            contrastText(contrast),
          ]),
          ['failed', failedText(pair, leader), failedText(pair, second), pointsText(pair, leader)],
          ['refused', refusedText(pair[leader]), refusedText(pair[second])],
          ['can open', claimText(pair[leader]), claimText(pair[second])],
        ],
        ['left', 'right', 'right', 'left'],
      ),
    },
    {
      label: 'FOUND',
      text: `${LETTER[leader]} against ${LETTER[second]}${assumptionText(quantities)}`,
      rows: table(
        quantities.map(({ title, contrast }) => [title, findingText(contrast)]),
        ['left', 'left'],
      ),
    },
  ];
}

/** Said where a number of further pairs is. */
function assumptionText(quantities: readonly { readonly contrast: Contrast }[]): string {
  const counted = quantities.some(
    ({ contrast }) => contrast.basis === 'rounds' && contrast.finding === 'not_distinguishable',
  );
  return counted ? '; more pairs are counted as if they were to lie like these' : '';
}

function estimateText(estimate: Estimate | null, text: (value: number) => string): string {
  if (estimate === null) return ABSENT;
  const { value, interval } = estimate;
  return text(value) + intervalText(interval, text);
}

function failedText({ failedShare }: CellPair, side: Side): string {
  const share = failedShare[side];
  return share === null ? ABSENT : formatShare(share);
}

/** In percentage points: a ratio to none says nothing. */
function pointsText({ failedShare }: CellPair, leader: Side): string {
  const { difference } = failedShare;
  if (difference === null || failedShare.left === failedShare.right) return '';
  const sign = leader === 'left' ? 1 : -1;
  const ends = [difference.interval.low * sign, difference.interval.high * sign].toSorted(
    (a, b) => a - b,
  );
  const interval: Interval = { low: ends[0] ?? 0, high: ends[1] ?? 0 };
  return `${points(difference.value * sign)} [${points(interval.low)} to ${points(interval.high)}] points`;
}

function points(share: number): string {
  const value = share * 100;
  const text = Math.abs(value) < 10 ? Math.abs(value).toFixed(1) : formatCount(Math.abs(value));
  return `${value < 0 ? '−' : '+'}${text}`;
}

function refusedText({ requests }: CellPair['left']): string {
  return formatCount(requests.refused);
}

function claimText({ budget }: CellPair['left']): string {
  if (budget === null) return ABSENT;
  const { ceiling, usable, fits } = budget.predicted;
  return fits ? formatClaim(ceiling) : `${formatClaim(ceiling)}, ${formatCount(usable)} usable`;
}
