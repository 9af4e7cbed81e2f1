import type {
  BreakdownBucket,
  Component,
  EncodedHistogram,
  LoadResult,
  LoadSecond,
  Outcome,
  TimedAnswers,
} from '../load-engine.ts';
import { mergeFirstRightMs } from './first-right-answers.ts';
import { mergeHistograms } from './histogram.ts';
import { mergeCounts, mergeLedgers, sumOf } from './merge-ledgers.ts';
import { mergeByRequest } from './request-counts.ts';

/**
 * One result of threads that made parts of the same load at the same time: counts and integrals are
 * summed, histograms added, and what limits a generator (its busiest thread) is the worst of them.
 *
 * @param results at least one
 */
export function mergeLoadResults(results: readonly LoadResult[]): LoadResult {
  const [first] = results;
  if (first === undefined) throw new RangeError('nothing to merge');
  if (results.length === 1) return first;
  return {
    engine: first.engine,
    engineVersion: first.engineVersion,
    ended: mergeEnded(results.map(({ ended }) => ended)),
    startedAtMs: Math.min(...results.map(({ startedAtMs }) => startedAtMs)),
    durationMs: Math.max(...results.map(({ durationMs }) => durationMs)),
    drainMs: Math.max(...results.map(({ drainMs }) => drainMs)),
    ledger: mergeLedgers(results.map(({ ledger }) => ledger)),
    brokenLaws: results.flatMap(({ brokenLaws }, thread) =>
      brokenLaws.map((law) => `thread ${thread}: ${law}`),
    ),
    offered: mergeOffered(results.map(({ offered }) => offered)),
    good: sumOf(results, ({ good }) => good),
    inFlightSeconds: sumOf(results, ({ inFlightSeconds }) => inFlightSeconds),
    residenceSeconds: sumOf(results, ({ residenceSeconds }) => residenceSeconds),
    seconds: mergeSeconds(results.flatMap(({ seconds }) => seconds)),
    latencyUs: mergeOutcomes(
      results.map(({ latencyUs }) => latencyUs),
      merged,
    ),
    lagUs: merged(results.map(({ lagUs }) => lagUs)),
    serviceUs: merged(results.map(({ serviceUs }) => serviceUs)),
    componentsUs: mergeComponents(
      results.map(({ componentsUs }) => componentsUs),
      merged,
    ),
    breakdown: mergeBreakdown(results.flatMap(({ breakdown }) => breakdown)),
    answersByWorker: mergeCounts(results.map(({ answersByWorker }) => answersByWorker)),
    timed: mergeTimed(results.map(({ timed }) => timed)),
    byRequest: mergeByRequest(results.map(({ byRequest }) => byRequest)),
    firstRightMs: mergeFirstRightMs(results.map(({ firstRightMs }) => firstRightMs)),
    reconnects: sumOf(results, ({ reconnects }) => reconnects),
    generator: mergeGenerators(results.map(({ generator }) => generator)),
  };
}

type ByOutcome<T> = Readonly<Record<Outcome, T>>;
type ByComponent<T> = Readonly<Record<Component, T>>;

/** The threads run and end together; one that saw the target down ended the others. */
function mergeEnded(all: readonly LoadResult['ended'][]): LoadResult['ended'] {
  if (all.includes('target_down')) return 'target_down';
  return all.includes('aborted') ? 'aborted' : 'completed';
}

function mergeTimed(all: readonly TimedAnswers[]): TimedAnswers {
  return {
    answers: sumOf(all, ({ answers }) => answers),
    wait: sumOf(all, ({ wait }) => wait),
    connect: sumOf(all, ({ connect }) => connect),
    db: sumOf(all, ({ db }) => db),
    loop: sumOf(all, ({ loop }) => loop),
    total: sumOf(all, ({ total }) => total),
  };
}

function mergeOffered(all: readonly LoadResult['offered'][]): LoadResult['offered'] {
  const known = all.filter((offered) => offered !== null);
  if (known.length === 0) return null;
  return {
    expected: sumOf(known, ({ expected }) => expected),
    due: sumOf(known, ({ due }) => due),
    issued: sumOf(known, ({ issued }) => issued),
  };
}

/** CPU time is the process's own already, as each thread reads it. */
function mergeGenerators(all: readonly LoadResult['generator'][]): LoadResult['generator'] {
  return {
    threads: sumOf(all, ({ threads }) => threads),
    cpuMs: Math.max(...all.map(({ cpuMs }) => cpuMs)),
    eventLoopUtilization: Math.max(...all.map(({ eventLoopUtilization }) => eventLoopUtilization)),
    eventLoopDelayMsP99: Math.max(...all.map(({ eventLoopDelayMsP99 }) => eventLoopDelayMsP99)),
    stalledMs: Math.max(...all.map(({ stalledMs }) => stalledMs)),
  };
}

function mergeSeconds(all: readonly LoadSecond[]): readonly LoadSecond[] {
  const bySecond = Map.groupBy(all, ({ second }) => second);
  return [...bySecond]
    .sort(([left], [right]) => left - right)
    .map(([second, parts]) => ({
      second,
      started: sumOf(parts, ({ started }) => started),
      dropped: sumOf(parts, ({ dropped }) => dropped),
      good: sumOf(parts, ({ good }) => good),
      inFlightSeconds: sumOf(parts, ({ inFlightSeconds }) => inFlightSeconds),
      outcomes: mergeOutcomes(
        parts.map(({ outcomes }) => outcomes),
        sum,
      ),
      latencyUs: mergeOutcomes(
        parts.map(({ latencyUs }) => latencyUs),
        mergedOrNone,
      ),
      componentsUs: mergeComponents(
        parts.map(({ componentsUs }) => componentsUs),
        mergedOrNone,
      ),
    }));
}

function mergeBreakdown(all: readonly BreakdownBucket[]): readonly BreakdownBucket[] {
  const byEdge = Map.groupBy(all, ({ fromUs }) => fromUs);
  return [...byEdge]
    .sort(([left], [right]) => left - right)
    .map(([fromUs, buckets]) => ({
      fromUs,
      count: sumOf(buckets, ({ count }) => count),
      sumUs: mergeComponents(
        buckets.map(({ sumUs }) => sumUs),
        sum,
      ),
    }));
}

function mergeOutcomes<T>(all: readonly ByOutcome<T>[], merge: (values: T[]) => T): ByOutcome<T> {
  const of = (outcome: Outcome): T => merge(all.map((one) => one[outcome]));
  return { ok: of('ok'), error: of('error'), censored: of('censored') };
}

function mergeComponents<T>(
  all: readonly ByComponent<T>[],
  merge: (values: T[]) => T,
): ByComponent<T> {
  const of = (component: Component): T => merge(all.map((one) => one[component]));
  return {
    lag: of('lag'),
    wait: of('wait'),
    connect: of('connect'),
    db: of('db'),
    loop: of('loop'),
    rest: of('rest'),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function merged(encoded: readonly EncodedHistogram[]): EncodedHistogram {
  return mergeHistograms(encoded).encode();
}

function mergedOrNone(encoded: readonly (EncodedHistogram | null)[]): EncodedHistogram | null {
  const some = encoded.filter((one) => one !== null);
  return some.length < 2 ? (some[0] ?? null) : merged(some);
}
