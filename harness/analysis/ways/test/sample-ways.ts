import { mergeHistograms } from '../../../load/account/histogram.ts';
import type { RawFlags } from '../../../plan/option-table.ts';
import { parseWays } from '../../../plan/ways/parse-ways.ts';
import { isPooled, WAYS, type Way } from '../../../plan/ways/way.ts';
import { cellOfWay, planWays, type WaysPlan } from '../../../plan/ways/ways-plan.ts';
import { fakeTrial } from '../../../test/fake-sweep.ts';
import type { CellTrial } from '../../sweep/cell-rounds.ts';
import type { WatchedTrial } from '../../trial-result.ts';
import { summarizeWays } from '../summarize-ways.ts';
import type { WaysResult } from '../ways-result.ts';

/** What one round of a way gave; what is left out is as in a round without any trouble. */
export interface GivenWayRound {
  /** Right answers per second, all in time. */
  readonly goodput: number;
  /** @default 60 */
  readonly p99?: number;
  /** Requests that were refused by PostgreSQL. @default 0 */
  readonly refused?: number;
  /** Requests that PgBouncer refused. @default 0 */
  readonly refusedByPooler?: number;
  /** @default VALID */
  readonly verdict?: WatchedTrial['verdict'];
  /** What arithmetic says. @default as observed */
  readonly predicted?: boolean;
}

type GivenWay = readonly (number | GivenWayRound | 'failed')[];

const SECONDS = 5;
const HALF_WIDTH = 0.02;

/** As it was on a small machine: a pool is fast, without one connecting is the work. */
export const USUAL: Readonly<Record<Way, GivenWay>> = {
  pool: [6_500, 6_420, 6_580],
  small_pool_pgbouncer: [5_200, 5_140, 5_220],
  no_pool: [80, 72, 76].map((goodput) => ({ goodput, refused: 3_000 })),
  no_pool_pgbouncer: [260, 250, 255],
};

export function sampleWaysPlan(flags: RawFlags = {}): WaysPlan {
  const { base, rounds, asked } = parseWays({ flags, env: {} });
  return planWays(base, rounds, asked);
}

/** A comparison that took no time. */
export function sampleWays(
  changes: Partial<Record<Way, GivenWay>> = {},
  { flags = {}, rounds = 3 }: { readonly flags?: RawFlags; readonly rounds?: number } = {},
): WaysResult {
  const plan = sampleWaysPlan({ rounds: String(rounds), ...flags });
  const given = { ...USUAL, ...changes };
  const trials = new Map(
    WAYS.map((way) => [
      way,
      given[way]
        .slice(0, rounds)
        .map((it, index) => trialOf(way, plan, { given: it, round: index + 1 })),
    ]),
  );
  return summarizeWays(
    { plan, trials },
    {
      environment: wayTrial('pool', plan, { round: { goodput: 1 }, number: 1 }).environment,
      decode: mergeHistograms,
    },
  );
}

function trialOf(
  way: Way,
  plan: WaysPlan,
  { given, round }: { readonly given: GivenWay[number]; readonly round: number },
): CellTrial {
  if (given === 'failed') {
    const error = { code: 'SERVER_NOT_READY', message: 'it was not ready', hint: 'look again' };
    return { state: 'failed', round, error };
  }
  const its = typeof given === 'number' ? { goodput: given } : given;
  return { state: 'measured', round, result: wayTrial(way, plan, { round: its, number: round }) };
}

/** A trial of that way, as a lab would have measured it. */
export function wayTrial(
  way: Way,
  { plans }: WaysPlan,
  { round, number }: { readonly round: GivenWayRound; readonly number: number },
): WatchedTrial {
  const { goodput, p99 = 60, refused = 0, refusedByPooler = 0, verdict = 'VALID' } = round;
  const plan = { ...plans[way], seed: plans[way].seed + number - 1 };
  const trial = fakeTrial({ cell: cellOfWay(way, plan), round: number, plan });
  const interval = { low: goodput * (1 - HALF_WIDTH), high: goodput * (1 + HALF_WIDTH) };
  const ok = Math.round(goodput * SECONDS);
  const all = refused + refusedByPooler;
  const httpErrors = all === 0 ? {} : { too_many_connections: all };
  const observedRefusals = all > 0;
  const predictedRefusals = round.predicted ?? observedRefusals;
  return {
    ...trial,
    verdict,
    throughputPerSecond: goodput,
    throughputInterval: interval,
    goodputPerSecond: goodput,
    goodputInterval: interval,
    wholeRun: { ...trial.wholeRun, throughputPerSecond: goodput, goodputPerSecond: goodput },
    requests: { ...trial.requests, scheduled: ok + all, ok, httpErrors },
    attempts: { ...trial.attempts, started: ok + all, ok, httpErrors },
    refusals: {
      total: all,
      byReason: {
        ...(refused === 0 ? {} : { all_slots: refused }),
        ...(refusedByPooler === 0 ? {} : { pooler_clients: refusedByPooler }),
      },
    },
    latencyMs: { ...trial.latencyMs, ok: { ...trial.latencyMs.ok, p99 } },
    componentsMs: {
      ...trial.componentsMs,
      connect: {
        ...trial.componentsMs.connect,
        mean: plan.pool.kind === 'null' ? 0.6 * (trial.latencyMs.ok.mean ?? 0) : 0,
      },
    },
    workers: [1, 2, 3, 4].map((worker) => ({
      worker,
      answers: ok / 4,
      acquireStarted: ok / 4,
      acquireTimeout: 0,
      acquireError: 0,
      opened: plan.pool.kind === 'null' ? Math.round(ok / 4) : 0,
      heldPeak: 5,
      waitingPeak: 35,
      meanWaiting: 30,
      saturatedShare: 0.9,
      eventLoopUtilization: 0.9,
      cpuMs: 1_000,
    })),
    pooler: isPooled(way)
      ? {
          version: '1.18.0',
          samples: 20,
          clientsActivePeak: 20,
          clientsWaitingPeak: plan.pool.kind === 'null' ? 120 : 0,
          clientsWaitingMean: 1,
          maxWaitMs: plan.pool.kind === 'null' ? 14 : 0,
          serversPeak: 20,
          transactions: ok,
          queries: ok,
          waitMs: plan.pool.kind === 'null' ? ok * 2 : 0,
          transactionMs: ok,
        }
      : null,
    budget: {
      ...trial.budget,
      predictedRefusals,
      observedRefusals,
      agrees: predictedRefusals === observedRefusals,
    },
  };
}
