import type { TrialPlan } from '../../plan/trial-plan.ts';
import { FIRST_WAY, type Way } from '../../plan/ways/way.ts';
import { claimOfShape } from '../../sizing/process-claim.ts';
import { hasTrouble } from '../comparison/conclusion.ts';
import { GOODPUT, isAlike, isFarSlower, LATENCY_P99, ratioOfCells } from '../sweep/cell-ratio.ts';
import { believableRounds } from '../sweep/round-rates.ts';
import type { SummarizedCell } from '../sweep/summarize-cell.ts';
import { takesEverySlot } from './way-facts.ts';
import type { WaysConclusion } from './ways-result.ts';

/** A way as it was measured. */
export interface SummarizedWay {
  readonly way: Way;
  readonly plan: TrialPlan;
  readonly cell: SummarizedCell;
}

/**
 * From few parts to many: PgBouncer is one more process to run, and without a pool nothing but the callers
 * bounds how many connections there are.
 */
const BY_PARTS: readonly Way[] = ['pool', 'small_pool_pgbouncer', 'no_pool_pgbouncer', 'no_pool'];

/**
 * What to deploy, of these four, here: among the ways that work and by arithmetic go on working, that with
 * the fewest parts which is not told from the one with the most answers in time, and whose p99 is not told to
 * be far longer than that one's. What another way has more of must have shown to be worth it.
 */
export function waysConclusion(ways: readonly SummarizedWay[]): WaysConclusion {
  const believed = ways.filter(({ cell }) => believableRounds(cell.rounds).length > 0);
  const working = believed.filter(({ cell }) => works(cell));
  const facts = {
    works: working.map(({ way }) => way),
    asGood: [],
    unproven: [],
    notCompared: ways.filter((it) => !believed.includes(it)).map(({ way }) => way),
    poolWorkersMax: poolWorkersMax(ways),
  };
  const none = (because: WaysConclusion['because']): WaysConclusion => ({
    ...facts,
    deploy: null,
    because,
  });
  if (believed.length === 0) return none('no_number');
  const [top, ...others] = working.toSorted((a, b) => goodputOf(b) - goodputOf(a));
  if (top === undefined) return none('none_works');
  if (others.length === 0) {
    // A refusal is a fact, whatever the rates of its round are worth; of the rest nothing is known.
    const unknown = ways.filter((it) => !believed.includes(it) && it.cell.requests.refused === 0);
    if (unknown.length > 0) return none('others_not_compared');
    return { ...facts, deploy: top.way, because: 'only_one_works', asGood: [top.way] };
  }
  if (working.some(({ cell }) => believableRounds(cell.rounds).length < 2)) {
    return none('no_two_rounds');
  }
  const inOrder = (found: readonly SummarizedWay[]): WaysConclusion['works'] =>
    BY_PARTS.filter((way) => found.some((it) => it.way === way));
  const asGood = inOrder([top, ...others.filter((it) => isAsGoodAs(top, it))]);
  const unproven = inOrder(
    others.filter((it) => !asGood.includes(it.way) && isUnprovenAgainst(top, it)),
  );
  const [deploy = top.way] = asGood;
  const found = { ...facts, asGood, unproven };
  const hasFewerParts = (way: Way): boolean => BY_PARTS.indexOf(way) < BY_PARTS.indexOf(deploy);
  if (unproven.some(hasFewerParts))
    return { ...found, deploy: null, because: 'rounds_too_far_apart' };
  return { ...found, deploy, because: asGood.length === 1 ? 'fastest' : 'as_good_and_simpler' };
}

/** A refusal that arithmetic predicts and that did not come, or came to somebody else, has only been lucky. */
function works(cell: SummarizedCell): boolean {
  return (
    !hasTrouble(cell) && cell.budget?.predictedRefusals !== true && !takesEverySlot(cell.budget)
  );
}

function isAsGoodAs(top: SummarizedWay, { cell }: SummarizedWay): boolean {
  const goodput = ratioOfCells({ left: cell, right: top.cell }, GOODPUT);
  if (goodput === null || !(goodput.finding === 'higher' || isAlike(goodput))) return false;
  const p99 = ratioOfCells({ left: cell, right: top.cell }, LATENCY_P99);
  return p99 === null || !isFarSlower(p99);
}

/** Far below the best on average, which alone proves nothing; a p99 told to be far longer does. */
function isUnprovenAgainst(top: SummarizedWay, { cell }: SummarizedWay): boolean {
  const goodput = ratioOfCells({ left: cell, right: top.cell }, GOODPUT);
  if (goodput?.finding !== 'not_distinguishable') return false;
  const p99 = ratioOfCells({ left: cell, right: top.cell }, LATENCY_P99);
  return p99 === null || !isFarSlower(p99);
}

function goodputOf({ cell }: SummarizedWay): number {
  return cell.goodputPerSecond?.value ?? 0;
}

/** Arithmetic alone: what fits does not depend on how fast it is. */
function poolWorkersMax(ways: readonly SummarizedWay[]): number | null {
  const pool = ways.find(({ way }) => way === FIRST_WAY);
  const usable = pool?.cell.budget?.predicted.usable;
  if (pool === undefined || usable === undefined) return null;
  const { most } = claimOfShape(pool.plan.pool);
  return most === null ? null : Math.floor(usable / Math.max(1, most));
}
