import { mergeHistograms } from '../../../load/account/histogram.ts';
import type { RawFlags } from '../../../plan/option-table.ts';
import { plan as parsedPlan } from '../../../plan/test/parsed-plan.ts';
import { fakeTrial } from '../../../test/fake-sweep.ts';
import { summarizeCell } from '../../sweep/summarize-cell.ts';
import type { Environment } from '../../trial-machine.ts';
import type { WatchedTrial } from '../../trial-result.ts';
import type { ComparedCell } from '../compared-cell.ts';

/** What one round gave; what is left out is as in a round without any trouble. */
export interface GivenRound {
  readonly goodput: number;
  /** @default 60 */
  readonly p99?: number;
  /** @default 0 */
  readonly refused?: number;
  /** @default VALID */
  readonly verdict?: WatchedTrial['verdict'];
  readonly changes?: Partial<WatchedTrial>;
}

export interface GivenCell {
  /** As they are typed. @default 1 worker × (4+0) */
  readonly flags?: RawFlags;
  readonly rounds: readonly (number | GivenRound)[];
  /** @default the same run for all */
  readonly run?: string;
  readonly id?: string | null;
  readonly environment?: Partial<Environment>;
}

const HALF_WIDTH = 0.02;
const SECONDS = 10;

/** A cell whose rounds gave what is said here, summarized as any other. */
export function measuredCell(given: GivenCell): ComparedCell {
  const { flags, run = 'a run', id = 'c001', environment = {} } = given;
  const plan = parsedPlan({ workers: '1', poolSize: '4', maxOverflow: '0', ...flags });
  const variables = {
    workload: plan.workload,
    load: plan.load.model,
    dbRttMs: plan.distance.rttMs,
    maxConnections: plan.postgres.maxConnections,
    poolKind: plan.pool.kind,
    maxOverflow: plan.pool.maxOverflow,
    workers: plan.workers,
    poolSize: plan.pool.poolSize,
  };
  const cell = { id: 'c001', variables, plan };
  const trials = given.rounds.map((round, index) => ({
    state: 'measured' as const,
    round: index + 1,
    result: trialOf(
      fakeTrial({ cell, round: index + 1, plan: { ...plan, seed: plan.seed + index } }),
      typeof round === 'number' ? { goodput: round } : round,
    ),
  }));
  const base = trials[0]?.result.environment;
  if (base === undefined) throw new RangeError('a cell without rounds has no environment');
  return {
    given: `${run}#${id}`,
    id,
    run,
    roundsAll: trials.length,
    plan,
    environment: { ...base, ...environment },
    result: summarizeCell(
      { cell, trials },
      { plan: { predictedSurge: 1, base: plan }, decode: mergeHistograms },
    ),
  };
}

function trialOf(trial: WatchedTrial, given: GivenRound): WatchedTrial {
  const { goodput, p99 = 60, refused = 0, verdict = 'VALID', changes = {} } = given;
  const interval = { low: goodput * (1 - HALF_WIDTH), high: goodput * (1 + HALF_WIDTH) };
  const ok = Math.round(goodput * SECONDS);
  const httpErrors = refused === 0 ? {} : { too_many_connections: refused };
  return {
    ...trial,
    verdict,
    throughputPerSecond: goodput,
    throughputInterval: interval,
    goodputPerSecond: goodput,
    goodputInterval: interval,
    wholeRun: { ...trial.wholeRun, throughputPerSecond: goodput, goodputPerSecond: goodput },
    requests: { ...trial.requests, scheduled: ok + refused, ok, httpErrors },
    attempts: { ...trial.attempts, started: ok + refused, ok, httpErrors },
    budget: { ...trial.budget, observedRefusals: refused > 0 },
    latencyMs: {
      ...trial.latencyMs,
      ok: { ...trial.latencyMs.ok, p99 },
      okIntervals: {
        ...trial.latencyMs.okIntervals,
        p99: { low: p99 * (1 - HALF_WIDTH), high: p99 * (1 + HALF_WIDTH) },
      },
    },
    ...changes,
  };
}
