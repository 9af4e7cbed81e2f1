import type { Contrast } from '../../analysis/comparison/comparison-result.ts';
import { FAR_APART_FACTOR } from '../../analysis/sweep/cell-ratio.ts';
import { takesEverySlot } from '../../analysis/ways/way-facts.ts';
import type { WayResult, WaysResult } from '../../analysis/ways/ways-result.ts';
import { FIRST_WAY } from '../../plan/ways/way.ts';
import { contrastText } from '../comparison/ratio-text.ts';
import { ABSENT, formatClaim, formatCount, formatRate, plural } from '../format.ts';
import { intervalText } from '../interval-text.ts';
import { shapeText } from '../shape-text.ts';
import { WAY_NAME, wayTroubleText } from './way-words.ts';

/**
 * The answer: what to deploy of the four and why, then what became of the others. A way that is refused or
 * fails is said so before any ratio, and one that must not be believed gets no number at all.
 */
export function waysHeadline(result: WaysResult): string {
  const { ways, conclusion, trials } = result;
  const others = ways.filter(({ way }) => way !== conclusion.deploy);
  const incomplete = trials.measured < trials.planned ? 'INCOMPLETE: ' : '';
  const sentences = [
    `${incomplete}${answerText(result)}`,
    ...others.map((it) => otherText(it, ways)),
  ];
  return `${sentences.join('. ')}.`;
}

function answerText({ ways, conclusion }: WaysResult): string {
  const { deploy, because, asGood } = conclusion;
  const chosen = ways.find(({ way }) => way === deploy);
  if (chosen === undefined) {
    return because === 'none_works' && conclusion.notCompared.length > 0
      ? 'None of the ways that can be compared works here as it stands'
      : UNDECIDED[because];
  }
  const what = `${capital(WAY_NAME[chosen.way])}${shapeOf(chosen)}`;
  const speed = `0 refused at ${goodputText(chosen)} right answers/s in time`;
  switch (because) {
    case 'only_one_works':
      return `${what}: the only way that works here, ${speed}`;
    case 'fastest':
      return `${what}: ${speed}, ${moreText(conclusion)}`;
    default: {
      const alike = asGood.filter((way) => way !== chosen.way).map((way) => WAY_NAME[way]);
      return `${what}: ${speed}; ${listText(alike)} ${alike.length === 1 ? 'is' : 'are'} not told to answer more, and ${alike.length === 1 ? 'has' : 'have'} more parts`;
    }
  }
}

function moreText({ unproven, notCompared }: WaysResult['conclusion']): string {
  const others = `every other way that works${notCompared.length > 0 ? ' and can be compared' : ''}`;
  if (unproven.length === 0) return `more than ${others}`;
  const names = listText(unproven.map((way) => WAY_NAME[way]));
  return `on average more than ${others}, but the rounds differ too much to be sure against ${names}`;
}

const UNDECIDED: Readonly<Record<WaysResult['conclusion']['because'], string>> = {
  no_number: 'No answer: no round may be believed',
  none_works: 'None of the four works here as it stands',
  no_two_rounds: 'Not judged: one round says nothing about the next; measure with --rounds 3',
  others_not_compared:
    'Not judged: one way works, and another was not measured so that it may be believed',
  rounds_too_far_apart:
    'Not judged: the rounds differ too much to tell whether further parts are worth it; measure with more --rounds, or while nothing else runs',
  // These name a way.
  only_one_works: '',
  fastest: '',
  as_good_and_simpler: '',
};

/** Against the pool alone where both work; else in its own numbers. */
function otherText(it: WayResult, ways: readonly WayResult[]): string {
  const name = capital(WAY_NAME[it.way]);
  const trouble = wayTroubleText(it);
  if (trouble !== null) return `${name} ${trouble}${boundText(it)}`;
  const predicted = predictedText(it);
  const pool = ways.find(({ way }) => way === FIRST_WAY);
  const comparable = it.againstPool !== null && pool !== undefined && wayTroubleText(pool) === null;
  if (!comparable || it.againstPool === null) {
    return `${name}: 0 refused at ${goodputText(it)} right answers/s in time${predicted}`;
  }
  const contrast = it.againstPool.goodputPerSecond;
  if (contrast.basis === 'none') {
    return `${name}: 0 refused${predicted}, ${goodputText(it)} right answers/s in time, too few in some round for a ratio`;
  }
  return `${name}: 0 refused${predicted}, ${contrastText(contrast)} × the goodput of ${WAY_NAME.pool}${doubtText(contrast)}`;
}

/** Why a way that went well is none to deploy. */
function predictedText({ budget }: WayResult): string {
  if (budget?.predictedRefusals === true) return ', but by arithmetic it can be refused';
  if (budget === null || !takesEverySlot(budget)) return '';
  const { ceiling, usable } = budget.predicted;
  return `, but PgBouncer can open ${formatClaim(ceiling)} of ${formatCount(usable)} usable, and everybody else is refused`;
}

/** Too few rounds, or too wild ones, are no reason to call two ways alike that lie far apart. */
function doubtText(contrast: Contrast): string {
  if (contrast.basis !== 'rounds' || contrast.finding !== 'not_distinguishable') return '';
  const { ratio } = contrast;
  return ratio >= FAR_APART_FACTOR || ratio <= 1 / FAR_APART_FACTOR
    ? ' (far apart, and uncertain)'
    : ' (not told apart)';
}

/** Why it was refused, where arithmetic says so: `160 callers, 26 usable`. */
function boundText({ state, way, plan, budget }: WayResult): string {
  if (state !== 'exhausted' || budget === null || !budget.predictedRefusals) return '';
  const { usable, ceiling } = budget.predicted;
  const { model } = plan.load;
  const callers = model.kind === 'closed' ? model.connections : model.maxInFlight;
  if (way === 'no_pool') {
    return `, as predicted: ${plural(callers, 'caller')}, ${formatCount(usable)} usable`;
  }
  return ceiling === null
    ? ', as predicted'
    : `, as predicted: it can open ${formatCount(ceiling)}, ${formatCount(usable)} usable`;
}

function shapeOf({ plan }: WayResult): string {
  return plan.pool.kind === 'null' ? '' : `, ${plan.workers} × ${shapeText(plan.pool)}`;
}

export function goodputText({ goodputPerSecond }: WayResult): string {
  if (goodputPerSecond === null) return ABSENT;
  return formatRate(goodputPerSecond.value) + intervalText(goodputPerSecond.interval, formatRate);
}

function listText(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
