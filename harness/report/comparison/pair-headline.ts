import type { CellPair, Contrast, Side } from '../../analysis/comparison/comparison-result.ts';
import { FAR_APART_FACTOR } from '../../analysis/sweep/cell-ratio.ts';
import { plural } from '../format.ts';
import { contrastText, ratioText, turnedRound } from './ratio-text.ts';
import { sideNames, troubleText } from './side-words.ts';

const OTHER = { left: 'right', right: 'left' } as const satisfies Record<Side, Side>;

/** The side with the higher goodput, whatever it is worth: ratios are shown over the other one. */
export function leadingSide({ metrics }: Pick<CellPair, 'metrics'>): Side {
  const { contrast } = metrics.goodputPerSecond;
  return contrast.basis !== 'none' && contrast.ratio < 1 ? 'right' : 'left';
}

/** A ratio over the other side than the leading one, as it is stored: left over right. */
export function fromLeader(contrast: Contrast, leader: Side): Contrast {
  return leader === 'left' ? contrast : turnedRound(contrast);
}

/**
 * The answer in one sentence, the faster side first. A side that refuses, piles up, starves or fails is
 * said so before any ratio: fast refusals are no win. So is one that misses a threshold, which no number of
 * answers makes up for; whether it is to be preferred is the user's to judge, whose thresholds may differ.
 */
export function pairHeadline(
  pair: CellPair,
  names: Readonly<Record<Side, string>> = sideNames(pair),
): string {
  const leader = leadingSide(pair);
  const troubles = [leader, OTHER[leader]].flatMap((side) => {
    const trouble = troubleText(pair[side]);
    return trouble === null ? [] : `${names[side]} ${trouble}`;
  });
  const sentence = `${sameText(pair)}${numbersText(pair, leader, names)}${driftText(pair)}${preferenceText(pair, names)}`;
  return [...troubles, sentence].join('; ');
}

function isTold({ metrics }: Pick<CellPair, 'metrics'>): boolean {
  const { contrast } = metrics.goodputPerSecond;
  return contrast.basis === 'rounds' && ['higher', 'lower'].includes(contrast.finding);
}

/** A difference between two of the same is nobody's merit. */
function sameText(pair: CellPair): string {
  return pair.declared.length === 0 && isTold(pair)
    ? 'nothing that was configured differs, so the machine changed, or it is noise: '
    : '';
}

/** The interval knows how far rounds lie apart, not how far one hour is from the next. */
function driftText(pair: CellPair): string {
  return pair.declared.length > 0 && !pair.pairs.interleaved && isTold(pair)
    ? '; what changed on the machine between the two runs is in it'
    : '';
}

function numbersText(pair: CellPair, leader: Side, names: Readonly<Record<Side, string>>): string {
  const goodput = fromLeader(pair.metrics.goodputPerSecond.contrast, leader);
  const first = names[leader];
  const second = names[OTHER[leader]];
  const latency = latencyText(pair, leader);
  switch (goodput.basis) {
    case 'none':
      return `no ratio: ${goodput.without.map((side) => names[side]).join(' and ')} answered nothing in time in some round`;
    case 'own_intervals': {
      const overlap = {
        apart: 'their own intervals lie apart',
        overlapping: 'their own intervals overlap',
        unknown: 'without an interval',
      }[goodput.finding];
      const rounds = pair.pairs.rounds.length === 1 ? 'one round each' : 'no common round';
      return `${rounds}, so not judged: ${first} answered ${ratioText(goodput.ratio, null)} times as much as ${second}, ${overlap}; with two rounds or more it can be`;
    }
    case 'rounds':
      switch (goodput.finding) {
        case 'not_distinguishable':
          // The leader's ratio is at least 1. Too few rounds are no reason to call these two alike.
          if (goodput.ratio >= FAR_APART_FACTOR) {
            return `${first} answers ${contrastText(goodput)} times as much as ${second} on average${latency}; the rounds differ too much to be sure, ${moreText(goodput.pairsMore)}`;
          }
          return `not distinguishable: ${first} and ${second} (${contrastText(goodput)})${latency}; ${moreText(goodput.pairsMore)}`;
        case 'equivalent':
          return `equivalent: ${first} answers ${contrastText(goodput)} times as much as ${second}${latency}`;
        case 'higher':
        case 'lower':
          return `${first} answers ${contrastText(goodput)} times as much as ${second}${latency}`;
      }
  }
}

/** The tail, where it differs for certain: as much in time can still be much later. */
function latencyText({ metrics }: CellPair, leader: Side): string {
  const p99 = fromLeader(metrics.latencyMsP99.contrast, leader);
  if (p99.basis !== 'rounds' || (p99.finding !== 'higher' && p99.finding !== 'lower')) return '';
  return `, with ${contrastText(p99)} times its p99`;
}

function moreText(pairsMore: number | null): string {
  if (pairsMore === null) return 'more than 100 pairs would be needed to tell';
  // Real ones differ: of equal sides so many tell in a third of the cases, of clearly different ones in most.
  return `${plural(pairsMore, 'more pair')} like these would tell`;
}

/** Only where the ratio alone does not say it. */
function preferenceText(
  { conclusion, metrics }: CellPair,
  names: Readonly<Record<Side, string>>,
): string {
  const { prefer, because } = conclusion;
  if (prefer === null) return '';
  const name = names[prefer];
  switch (because) {
    case 'fewer_connections':
      return `; prefer ${name}: fewer connections`;
    case 'latency':
      return `; prefer ${name}: its p99 is lower`;
    case 'fits':
      return `; prefer ${name}: the other does not fit max_connections`;
    case 'goodput':
      return metrics.goodputPerSecond.contrast.basis === 'none' ? `; prefer ${name}` : '';
    case 'works':
      return `; prefer ${name}`;
    default:
      return '';
  }
}
