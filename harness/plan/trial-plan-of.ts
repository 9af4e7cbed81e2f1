import { loadModelOf, measuredMsOf } from './load-model-choice.ts';
import type { OptionValues } from './option-table.ts';
import { poolerOf } from './pooler-options.ts';
import type { PLAN_OPTIONS } from './run-options.ts';
import type { TrialPlan } from './trial-plan.ts';

/** The plan of a trial that these settings ask for. */
export function trialPlanOf(values: OptionValues<typeof PLAN_OPTIONS>): TrialPlan {
  return {
    workers: values.workers,
    pool: {
      kind: values.poolKind,
      poolSize: values.poolSize,
      maxOverflow: values.maxOverflow,
      poolTimeoutMs: values.poolTimeout,
      maxWaiting: values.maxWaiting,
      recycleMs: values.recycle,
      prePing: values.prePing,
      resetOnReturn: values.resetOnReturn,
      order: values.poolOrder,
      statementTimeoutMs: values.statementTimeout,
      lockTimeoutMs: values.lockTimeout,
      idleInTransactionTimeoutMs: values.idleInTransactionTimeout,
    },
    workload: values.workload,
    workloadParams: { ...values.param },
    load: {
      model: loadModelOf(values),
      requestTimeoutMs: values.requestTimeout,
      retry:
        values.retries === 0
          ? null
          : { retriesMax: values.retries, backoffMs: values.retryBackoff },
      goodputDeadlineMs: values.goodputDeadline,
    },
    warmupMs: values.warmup,
    durationMs: measuredMsOf(values),
    drainMs: values.drain,
    rolloutSurge: values.rollout,
    postgres: {
      maxConnections: values.maxConnections,
      superuserReservedConnections: values.superuserReserved,
      reservedConnections: values.reserved,
      transport: values.dbTransport,
      extra: { ...values.pgSetting },
    },
    distance: {
      rttMs: values.dbRtt,
      jitterMs: values.dbJitter,
      bandwidthMbit: values.dbBandwidth,
    },
    faults: [...values.dbFault],
    pooler: poolerOf(values),
    preparedStatements: values.preparedStatements,
    service: null,
    requests: null,
    sql: null,
    gates: values.gate,
    thresholds: [...values.threshold],
    abortOnFail: values.abortOnFail,
    seed: values.seed,
  };
}
