import type { WatchedTrial } from '../../analysis/trial-result.ts';
import { POOLER_DEFAULTS, type Pooler } from '../../plan/pooler.ts';
import { computeBudget } from '../../sizing/budget.ts';
import { poolerLimits } from '../../sizing/pooler-limits.ts';
import { NO_ERRORS } from './sample-situations.ts';
import { sampleTrial } from './sample-trial.ts';

/** The sample's 4 × (5+10) behind a PgBouncer, of which everything was as it says. */
export function pooledTrial(
  asked: Partial<Pooler> = {},
  changes: Partial<WatchedTrial> = {},
): Partial<WatchedTrial> {
  const { plan, budget } = sampleTrial();
  const pooler: Pooler = { ...POOLER_DEFAULTS, mode: 'transaction', ...asked };
  const predicted = computeBudget({
    workers: plan.workers,
    shape: plan.pool,
    rolloutSurge: 0,
    maxConnections: 30,
    superuserReserved: 3,
    reserved: 0,
    others: 1,
    pooler: poolerLimits(pooler),
  });
  const predictedRefusals = predicted.clients?.fits === false;
  return {
    ...NO_ERRORS,
    bottleneck: { kind: 'none', evidence: 'nothing is at its limit' },
    plan: { ...plan, pooler },
    budget: {
      ...budget,
      predicted,
      reached: 'pooler',
      reachable: predicted.ceiling,
      predictedRefusals,
      observedRefusals: false,
      agrees: !predictedRefusals,
      clients: { reachable: 60, predictedRefusals, observedRefusals: false },
    },
    pooler: {
      version: '1.18.0',
      samples: 40,
      clientsActivePeak: 20,
      clientsWaitingPeak: 38,
      clientsWaitingMean: 21.4,
      maxWaitMs: 61,
      serversPeak: 20,
      transactions: 8_094,
      queries: 8_094,
      waitMs: 214_000,
      transactionMs: 374_000,
    },
    ...changes,
  };
}

/** The same with more clients than it takes. */
export function refusedByPooler(): Partial<WatchedTrial> {
  const trial = pooledTrial({ maxClientConn: 40 });
  const { budget } = { ...sampleTrial(), ...trial };
  const { requests, attempts } = sampleTrial();
  return {
    ...trial,
    requests,
    attempts,
    refusals: { total: 1_204, byReason: { pooler_clients: 1_204 } },
    budget: {
      ...budget,
      observedRefusals: true,
      agrees: true,
      clients: { reachable: 60, predictedRefusals: true, observedRefusals: true },
    },
  };
}
