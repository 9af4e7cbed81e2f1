import { FAR_APART_FACTOR, FAR_SLOWER_FACTOR } from '../../analysis/sweep/cell-ratio.ts';
import type { CellResult, Ratio, Situation } from '../../analysis/sweep/sweep-result.ts';
import { rateText } from '../estimate-text.ts';
import { ABSENT, formatCount, formatMs, formatRatio, plural } from '../format.ts';
import { intervalText } from '../interval-text.ts';
import { isUndecided, largestUntried, othersAlike, usableCells } from './best-doubts.ts';
import { STATE_WORDS, situationText, stateCountsText } from './cell-words.ts';
import { plainText } from './plain-text.ts';
import type { SweepView } from './sweep-view.ts';

/** Makes a stranger's text harmless where the sentence is going to stand. */
type Quote = (text: string) => string;

/** Names of cells in a sentence; more are counted. */
const NAMES_MAX = 3;

/**
 * The answer: of one situation its sentence, of several first the best shape of each, then a sentence
 * each. What is missing is said before.
 */
export function headlineTexts(view: SweepView, quote: Quote = plainText): readonly string[] {
  const { situations } = view.result;
  const before = missingText(view);
  const prefix = before === null ? '' : `${before}. `;
  if (situations.length === 1)
    return situations.map((one) => prefix + situationSentence(view, one, quote));
  const bests = situations.map((situation) => {
    const best = view.cell(situation.best);
    const name = situationText(situation, view.result.plan.axes);
    return `${name}: ${best === null ? 'none usable' : view.name(best)}${doubtText(view, situation)}`;
  });
  const first = `${prefix}BEST of ${bests.join('; ')}`;
  return [first, ...situations.map((situation) => situationSentence(view, situation, quote))];
}

/** What the name of the best shape alone would conceal. */
function doubtText(view: SweepView, situation: Situation): string {
  if (isUndecided(view, situation)) return ' (not decided)';
  const others = othersAlike(situation);
  return others === 0 ? '' : ` (≈ ${plural(others, 'other')})`;
}

/** What keeps this from being the whole sweep; `null` where nothing does. */
export function missingText({ result }: SweepView): string | null {
  const { planned, measured, failed } = result.trials;
  const missing = planned - measured - failed;
  const parts = [
    missing > 0
      ? `INCOMPLETE: ${formatCount(measured)} of ${plural(planned, 'trial')} measured`
      : [],
    failed > 0 ? `${formatCount(failed)} ${failed === 1 ? 'TRIAL' : 'TRIALS'} FAILED` : [],
    result.damage.length > 0 ? `${plural(result.damage.length, 'FILE', 'FILES')} DAMAGED` : [],
    result.verdict === 'INVALID' && measured > 0 ? 'INVALID: nothing here may be believed' : [],
  ].flat();
  return parts.length === 0 ? null : parts.join(', ');
}

/** `hot: 1 × (2+0) answers 812 [790–834]/s in time, 3.4 [3.1–3.8] × as much as 4 × (32+0); …`. */
export function situationSentence(
  view: SweepView,
  situation: Situation,
  quote: Quote = plainText,
): string {
  const name = situationText(situation, view.result.plan.axes);
  const best = view.cell(situation.best);
  if (best === null) return `${name}: ${nothingUsable(view, situation, quote)}`;
  if (isUndecided(view, situation)) return `${name}: ${undecidedSentence(view, situation, best)}`;
  const clauses = [
    `${view.name(best)} answers ${estimateText(best)}/s in time${againstWorst(view, situation, best)}`,
    sameText(view, situation),
    ...slowerText(view, situation, best),
    ...caution(view, best),
    ...beyond(view, situation),
  ].filter((clause) => clause !== '');
  return `${name}: ${clauses.join('; ')}`;
}

function undecidedSentence(view: SweepView, situation: Situation, best: CellResult): string {
  const goodput = situation.bestOverWorst?.goodput ?? null;
  const worst = view.cell(situation.worst);
  const against =
    goodput === null || worst === null
      ? ''
      : `, ${ratioText(goodput)} × as much as the worst, ${view.name(worst)}${goodput.interval === null ? ', in the one round that both have' : ''}`;
  const usable = usableCells(view, situation).length;
  const all = situation.cells.length;
  const shapes = usable === all ? plural(all, 'shape') : `the ${usable} usable of ${all} shapes`;
  const clauses = [
    `no difference in answers/s could be told between ${shapes}; ${view.name(best)} answers ${estimateText(best)}/s in time${against}`,
    ...slowerText(view, situation, best),
    ...caution(view, best),
    'measure longer or in more rounds',
  ];
  return clauses.join('; ');
}

/** A best cell at the edge of what was tried may only be the best of what was tried. */
function beyond(view: SweepView, situation: Situation): readonly string[] {
  const largest = largestUntried(view, situation);
  return largest === null
    ? []
    : [`no larger pool was tried, and up to ${largest} would fit in a rolling deploy`];
}

function nothingUsable(view: SweepView, situation: Situation, quote: Quote): string {
  const cells = view.cellsOf(situation);
  const [most] = cells
    .filter(({ goodputPerSecond }) => goodputPerSecond !== null)
    .toSorted((a, b) => (b.goodputPerSecond?.value ?? 0) - (a.goodputPerSecond?.value ?? 0));
  const answers =
    most === undefined
      ? ''
      : `; ${view.name(most)} (${STATE_WORDS[most.state]}) answers the most, ${estimateText(most)}/s in time`;
  return `no shape of ${formatCount(cells.length)} is usable: ${stateCountsText(cells)}${missedText(cells, quote)}${answers}`;
}

/** Which thresholds those miss that miss one. */
function missedText(cells: readonly CellResult[], quote: Quote): string {
  const missed = cells
    .filter(({ state }) => state === 'threshold_missed')
    .flatMap(({ thresholds }) => thresholds.filter(({ met }) => !met))
    .map(({ expression }) => quote(expression));
  const names = [...new Set(missed)];
  return names.length === 0 ? '' : ` (${namesText(names)})`;
}

function againstWorst(view: SweepView, situation: Situation, best: CellResult): string {
  const worst = view.cell(situation.worst);
  const goodput = situation.bestOverWorst?.goodput ?? null;
  if (worst === null || worst.id === best.id) return '';
  const name = `${view.name(worst)}${worst.state === 'usable' ? '' : ` (${STATE_WORDS[worst.state]})`}`;
  if (goodput === null) return `; the worst is ${name}`;
  const times = ratioText(goodput);
  if (goodput.interval === null) {
    return `, ${times} × as much as ${name} in the one round that both have: too few to tell them apart`;
  }
  if (goodput.finding === 'equivalent') {
    return `, practically as much as the worst, ${name} (${times} ×)`;
  }
  if (goodput.finding === 'not_distinguishable') {
    // Means so far apart are no reason to call two shapes alike; nor do they prove that they are not.
    if (goodput.ratio >= FAR_APART_FACTOR) {
      return `, ${times} × as much as the worst, ${name}, on average: the rounds differ too much to be sure`;
    }
    // Another lies between them that was told from the best, or the worst is not usable.
    return `, not to be told from the worst, ${name} (${times} ×)`;
  }
  const p99 = situation.bestOverWorst?.latencyMsP99 ?? null;
  const tail = p99 === null ? '' : `, whose p99 is ${ratioText(p99)} × as long`;
  return `, ${times} × as much as ${name}${tail}`;
}

function sameText(view: SweepView, { notDistinguishable, best }: Situation): string {
  const names = notDistinguishable
    .filter((id) => id !== best)
    .flatMap((id) => {
      const cell = view.cell(id);
      return cell === null ? [] : view.name(cell);
    });
  return names.length === 0 ? '' : `not to be told from ${namesText(names)}`;
}

const LATENCIES: readonly {
  readonly name: string;
  readonly msOf: (cell: CellResult) => number | null;
}[] = [
  { name: 'p99', msOf: ({ latencyMsP99 }) => latencyMsP99?.value ?? null },
  { name: 'median', msOf: ({ latencyMs }) => latencyMs.p50 },
];

/** Why it is not one with fewer connections that answers as much; the quickest of these. */
function slowerText(
  view: SweepView,
  { notDistinguishable }: Situation,
  best: CellResult,
): readonly string[] {
  const ceilingOf = (cell: CellResult) => view.budget(cell).ceiling ?? Number.POSITIVE_INFINITY;
  const fewer = notDistinguishable
    .flatMap((id) => view.cell(id) ?? [])
    .filter((cell) => ceilingOf(cell) < ceilingOf(best));
  const texts = LATENCIES.flatMap(({ name, msOf }) => {
    const own = msOf(best);
    if (own === null) return [];
    return fewer
      .flatMap((cell) => ({ cell, ms: msOf(cell) ?? 0 }))
      .filter(({ ms }) => ms >= FAR_SLOWER_FACTOR * own)
      .toSorted((a, b) => a.ms - b.ms)
      .map(
        ({ cell, ms }) =>
          `with fewer connections ${view.name(cell)} answers as much, but its ${name} is ${formatMs(ms)} and not ${formatMs(own)}`,
      );
  });
  return texts.slice(0, 1);
}

/** A best cell that only went well this time is not recommended in silence. */
function caution(view: SweepView, best: CellResult): readonly string[] {
  const { failed, scheduled } = best.requests;
  const failures =
    failed === 0 ? [] : [`${formatCount(failed)} of its ${plural(scheduled, 'request')} failed`];
  return [...failures, ...claimCaution(view, best)];
}

function claimCaution(view: SweepView, best: CellResult): readonly string[] {
  const { fits, fitsDuringRollout, ceiling, rolloutCeiling, usable } = view.budget(best);
  if (!fits) {
    return [`it can open ${claimText(ceiling)} of ${formatCount(usable)} usable connections`];
  }
  return fitsDuringRollout
    ? []
    : [
        `in a rolling deploy it can open ${claimText(rolloutCeiling)} of ${formatCount(usable)} usable`,
      ];
}

const claimText = (claim: number | null): string =>
  claim === null ? 'any number' : formatCount(claim);

/** `a, b, c and 4 more`; one is named rather than counted. */
export function namesText(names: readonly string[], most = NAMES_MAX): string {
  if (names.length <= most + 1) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}

/** `812 [790–834]`, of a cell's goodput. */
export function estimateText({ goodputPerSecond }: Pick<CellResult, 'goodputPerSecond'>): string {
  return goodputPerSecond === null
    ? ABSENT
    : rateText(goodputPerSecond.value, goodputPerSecond.interval);
}

/** `3.4 [3.1–3.8]`; one pair has no interval. */
export function ratioText({ ratio, interval }: Pick<Ratio, 'ratio' | 'interval'>): string {
  return formatRatio(ratio) + intervalText(interval, formatRatio);
}
