import type { SweepPlan } from '../../plan/sweep/sweep-plan.ts';
import { percentilesOf, withheldPercentiles } from '../statistics/percentiles.ts';
import { spreadOf } from '../statistics/rounds.ts';
import type { DecodeHistogram } from '../trial-observations.ts';
import type { Percentiles } from '../trial-result.ts';
import { cellBudget } from './cell-budget.ts';
import { cellCaveats } from './cell-caveats.ts';
import { failureCounts, requestCounts } from './cell-counts.ts';
import {
  type CellTrials,
  cellRoundOf,
  isBelievable,
  type MeasuredRound,
  measuredRounds,
} from './cell-rounds.ts';
import { cellSeries } from './cell-series.ts';
import { cellStateOf } from './cell-state.ts';
import { cellThresholds } from './cell-thresholds.ts';
import { estimateOverRounds, percentileOverRounds } from './round-estimate.ts';
import { goodputOfTrial, throughputOfTrial } from './round-rates.ts';
import type { CellResult } from './sweep-result.ts';

/** A cell by itself; its rank is known when all of its situation are. */
export type SummarizedCell = Omit<CellResult, 'rank' | 'againstBest'>;

/** Enough for a chart, and 2,000 cells of them stay small. */
const SERIES_POINTS_MAX = 120;

const US_PER_MS = 1000;

/**
 * One cell from its stored trials. Estimates come from the rounds that may be believed; counts, peaks and
 * refusals from every measured round. What cannot be merged (the series, the composition, the bottleneck)
 * is that of the round in the middle by goodput.
 */
export function summarizeCell(
  { cell, trials }: CellTrials,
  options: {
    readonly plan: Pick<SweepPlan, 'predictedSurge' | 'base'>;
    readonly decode: DecodeHistogram;
    /** Steps of the series at most. @default 120 */
    readonly pointsMax?: number;
  },
): SummarizedCell {
  const rounds = measuredRounds(trials);
  const believable = rounds.filter(isBelievable);
  const estimated = believable.map(({ trial }) => trial);
  const goodputs = estimated.map(goodputOfTrial);
  const latencyMs = mergedLatency(believable, options.decode);
  const middle = middleRound(believable.length > 0 ? believable : rounds);
  const caveats = [...cellCaveats(rounds, latencyMs)];
  return {
    id: cell.id,
    variables: { ...cell.variables },
    state: cellStateOf(rounds),
    verdict: verdictOfCell(rounds, caveats),
    caveats,
    rounds: trials.toSorted((a, b) => a.round - b.round).map(cellRoundOf),
    throughputPerSecond: estimateOverRounds(
      estimated.map(throughputOfTrial),
      estimated.map((trial) => trial.throughputInterval),
    ),
    goodputPerSecond: estimateOverRounds(
      goodputs,
      estimated.map((trial) => trial.goodputInterval),
    ),
    goodputSpread: spreadOf(goodputs)?.spread ?? null,
    latencyMs,
    latencyMsP99: percentileOverRounds(
      latencyMs.p99,
      estimated.map((trial) => ({
        valueMs: trial.latencyMs.ok.p99,
        interval: trial.latencyMs.okIntervals.p99,
      })),
    ),
    requests: requestCounts(rounds),
    failures: failureCounts(rounds),
    budget: cellBudget(rounds, options.plan),
    connections: peaksOf(rounds),
    refusalsLogged: refusalsLogged(rounds),
    bottleneck: middle?.trial.bottleneck ?? null,
    composition: [...(middle?.trial.composition ?? [])],
    waitEventShares: { ...middle?.trial.waitEventShares },
    thresholds: cellThresholds(believable.length > 0 ? believable : rounds),
    series: middle === null ? null : cellSeries(middle, options.pointsMax ?? SERIES_POINTS_MAX),
  };
}

/** Of a service; a round that is not known makes the sum of them unknown. */
function refusalsLogged(rounds: readonly MeasuredRound[]): number | null {
  const logged = rounds.map(({ trial }) => trial.service?.refusalsLogged ?? null);
  return logged.reduce<number | null>(
    (sum, it) => (sum === null || it === null ? null : sum + it),
    logged.length === 0 ? null : 0,
  );
}

/** Of the server side; `null` where it was not in sight. */
function peaksOf(rounds: readonly MeasuredRound[]): SummarizedCell['connections'] {
  const seen = rounds.flatMap(({ trial }) => trial.connections ?? []);
  if (seen.length === 0) return null;
  return {
    peakWorkers: Math.max(...seen.map(({ peakWorkers }) => peakWorkers)),
    peakAll: Math.max(...seen.map(({ peakAll }) => peakAll)),
  };
}

/**
 * Percentiles of the right answers of all believable rounds together. Only histograms can be merged: one
 * round has its own, and where an overloaded round withholds its latencies there are none of the cell
 * either, since those of its other rounds would show it by its luck.
 */
function mergedLatency(rounds: readonly MeasuredRound[], decode: DecodeHistogram): Percentiles {
  const [first] = rounds;
  if (first === undefined) return percentilesOf(decode([]), 0);
  const trials = rounds.map(({ trial }) => trial);
  const all = trials.map(({ latencyMs }) => latencyMs.ok);
  const { ok: own } = first.trial.latencyMs;
  if (all.length === 1) return own;
  const histogram = decode(trials.map(({ latencyMs }) => latencyMs.okHistogram));
  const samples = all.reduce((sum, it) => sum + it.samples, 0);
  const censored = all.reduce((sum, it) => sum + it.censored, 0);
  if (histogram.samples < samples) {
    return withheldPercentiles({ ...own, samples, censored });
  }
  // Means can be put together as they are, which is far cheaper than reading the histogram for one.
  const view = {
    samples,
    meanUs: meanUsOf(all),
    maxUs: histogram.maxUs,
    quantileUs: (q: number) => histogram.quantileUs(q),
  };
  return percentilesOf(view, censored);
}

/** Of all samples together; `null` without any. */
function meanUsOf(rounds: readonly Percentiles[]): number | null {
  const known = rounds.filter(({ mean }) => mean !== null);
  const samples = known.reduce((sum, it) => sum + it.samples, 0);
  const totalMs = known.reduce((sum, it) => sum + (it.mean ?? 0) * it.samples, 0);
  return samples === 0 ? null : (totalMs / samples) * US_PER_MS;
}

/** By goodput, the lower of the two where there are as many above as below. */
function middleRound(rounds: readonly MeasuredRound[]): MeasuredRound | null {
  const sorted = rounds.toSorted((a, b) => goodputOfTrial(a.trial) - goodputOfTrial(b.trial));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function verdictOfCell(
  rounds: readonly MeasuredRound[],
  caveats: SummarizedCell['caveats'],
): SummarizedCell['verdict'] {
  if (rounds.length === 0) return null;
  if (!rounds.some(isBelievable)) return 'INVALID';
  return caveats.length > 0 ? 'DEGRADED' : 'VALID';
}
