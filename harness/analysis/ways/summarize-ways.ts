import { FIRST_WAY, WAYS, type Way } from '../../plan/ways/way.ts';
import { cellOfWay, type WaysPlan } from '../../plan/ways/ways-plan.ts';
import { contrastOf } from '../comparison/contrast.ts';
import {
  type CellTrial,
  isBelievable,
  type MeasuredRound,
  measuredRounds,
} from '../sweep/cell-rounds.ts';
import { believableRounds, goodputOfRound, throughputOfRound } from '../sweep/round-rates.ts';
import { type SummarizedCell, summarizeCell } from '../sweep/summarize-cell.ts';
import type { WatchedEnvironment } from '../trial-machine.ts';
import type { DecodeHistogram } from '../trial-observations.ts';
import { churnOf, poolerAccountOf, refusalsOf } from './way-facts.ts';
import { waysCaveats } from './ways-caveats.ts';
import { type SummarizedWay, waysConclusion } from './ways-conclusion.ts';
import { WAYS_RESULT_SCHEMA_VERSION, type WayResult, type WaysResult } from './ways-result.ts';

/** A deploy in which one more worker runs beside the others is always predicted. */
const PREDICTED_SURGE = 1;

/** Four ways from their trials: each by itself, against the pool alone, and what to deploy. */
export function summarizeWays(
  {
    plan,
    trials,
  }: {
    readonly plan: WaysPlan;
    readonly trials: ReadonlyMap<Way, readonly CellTrial[]>;
  },
  {
    environment,
    decode,
  }: {
    readonly environment: WatchedEnvironment;
    readonly decode: DecodeHistogram;
  },
): WaysResult {
  const summarized = WAYS.map((way) => {
    const ofWay = trials.get(way) ?? [];
    const own = plan.plans[way];
    const cell = summarizeCell(
      { cell: cellOfWay(way, own), trials: ofWay },
      { plan: { predictedSurge: PREDICTED_SURGE, base: own }, decode },
    );
    return { way, plan: own, cell, rounds: measuredRounds(ofWay) };
  });
  const pool = summarized.find(({ way }) => way === FIRST_WAY)?.cell;
  const ways = summarized.map((it) => wayResult(it, it.way === FIRST_WAY ? undefined : pool));
  const all = [...trials.values()].flat();
  const counted = {
    planned: plan.rounds * WAYS.length,
    measured: all.filter(({ state }) => state === 'measured').length,
    failed: all.filter(({ state }) => state === 'failed').length,
  };
  return {
    schemaVersion: WAYS_RESULT_SCHEMA_VERSION,
    state: 'ways',
    verdict: worstOf(ways),
    roundsAsked: plan.rounds,
    trials: counted,
    ways,
    conclusion: waysConclusion(summarized),
    caveats: [...waysCaveats(ways, counted)],
    environment,
  };
}

function wayResult(
  { way, plan, cell, rounds }: SummarizedWay & { readonly rounds: readonly MeasuredRound[] },
  pool: SummarizedCell | undefined,
): WayResult {
  const { id: _id, variables: _variables, series: _series, thresholds: _thresholds, ...own } = cell;
  const believed = rounds.filter(isBelievable).map(({ trial }) => trial);
  return {
    ...own,
    way,
    plan,
    refusals: refusalsOf(rounds.map(({ trial }) => trial)),
    churn: churnOf(believed),
    pooler: poolerAccountOf(believed),
    namedStatements: rounds[0]?.trial.api.preparedStatements ?? null,
    statementsProblem: rounds[0]?.trial.api.statementsProblem ?? null,
    againstPool: pool === undefined ? null : againstPool(cell, pool),
  };
}

/** Paired by round; `null` where one of the two has none that may be believed. */
function againstPool(cell: SummarizedCell, pool: SummarizedCell): WayResult['againstPool'] {
  const lefts = believableRounds(cell.rounds);
  const rights = new Map(believableRounds(pool.rounds).map((it) => [it.round, it]));
  if (lefts.length === 0 || rights.size === 0) return null;
  const pairs = lefts.flatMap((left) => {
    const right = rights.get(left.round);
    return right === undefined ? [] : [{ left, right }];
  });
  const contrast = (
    read: (round: (typeof lefts)[number]) => number | null,
    estimate: (cell: SummarizedCell) => SummarizedCell['goodputPerSecond'],
  ) =>
    contrastOf(
      pairs.map(({ left, right }) => ({ left: read(left), right: read(right) })),
      { left: estimate(cell), right: estimate(pool) },
      { bootstrap: false },
    );
  return {
    goodputPerSecond: contrast(goodputOfRound, (it) => it.goodputPerSecond),
    throughputPerSecond: contrast(throughputOfRound, (it) => it.throughputPerSecond),
    latencyMsP50: contrast(
      (it) => it.latencyMsP50,
      ({ latencyMs: { p50 } }) => (p50 === null ? null : { value: p50, interval: null }),
    ),
    latencyMsP99: contrast(
      (it) => it.latencyMsP99,
      (it) => it.latencyMsP99,
    ),
  };
}

/** The comparison is worth no more than the worst of its ways. */
function worstOf(ways: readonly WayResult[]): WaysResult['verdict'] {
  const verdicts = new Set(ways.map(({ verdict }) => verdict));
  if (verdicts.has('INVALID') || verdicts.has(null)) return 'INVALID';
  return verdicts.has('DEGRADED') ? 'DEGRADED' : 'VALID';
}
