import { type ServerConfig, SQL_PATH, WORKLOAD_PATH_PREFIX } from '../../server/contract.ts';
import type { LoadRequest } from '../load/load-engine.ts';
import { scriptsOfWorkload } from '../plan/plan-workload.ts';
import { scriptSetOf } from '../plan/sql-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import type { Lab } from './lab.ts';

/**
 * Give a run up when nothing was answered, not even by an error, for longer than every single request
 * may take: a full queue is slow to answer, and is not down.
 */
const TARGET_DOWN_MARGIN_MS = 5_000;
/** Where clients have no deadline of their own: what SQLAlchemy's pool lets them wait at most. */
const SLOW_ANSWER_MS = 30_000;
/** Requests still open when a worker is told to stop may take so long; longer ones are broken off. */
const GRACE_MS = 5_000;

export interface TrialPorts {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly adminPort: number;
  /** An IP address. @default 127.0.0.1 */
  readonly listen?: string;
  /** Host headers the admin port answers to beside its own. @default none */
  readonly allowedHosts?: readonly string[];
}

/** The API that a plan asks for, on the lab's database. */
export function serverConfig(lab: Lab, plan: TrialPlan, ports: TrialPorts): ServerConfig {
  const scripts = scriptSetOf(plan, lab.sql);
  return {
    host: ports.listen ?? '127.0.0.1',
    port: ports.port,
    adminPort: ports.adminPort,
    allowedHosts: ports.allowedHosts ?? [],
    workers: plan.workers,
    graceMs: GRACE_MS,
    instrumentation: true,
    // `auto` is decided where it is known what the API connects through.
    preparedStatements: plan.preparedStatements !== 'off',
    seed: plan.seed,
    pool: plan.pool,
    database: lab.postgres.api,
    ...(scripts === null ? {} : { sql: scripts }),
  };
}

/**
 * The load that a plan asks for, on what is tested at this origin.
 *
 * @param host what its requests call it; `null`: as the origin says
 */
export function loadRequest(
  origin: string,
  plan: TrialPlan,
  host: string | null = null,
): LoadRequest {
  // Silence that was asked for is not the target's.
  const faultsMs = plan.faults.map(({ durationMs }) => durationMs);
  const query = new URLSearchParams(plan.workloadParams).toString();
  return {
    origin,
    ...(host === null ? {} : { host }),
    path:
      scriptsOfWorkload(plan.workload) === null
        ? `${WORKLOAD_PATH_PREFIX}${plan.workload}${query === '' ? '' : `?${query}`}`
        : SQL_PATH,
    ...plan.load,
    durationMs: plan.durationMs,
    drainMs: plan.drainMs,
    targetDownMs:
      (plan.load.requestTimeoutMs ?? SLOW_ANSWER_MS) + TARGET_DOWN_MARGIN_MS + sumMs(faultsMs),
    seed: plan.seed,
    marksMs: plan.faults.map(({ atMs, durationMs }) => atMs + durationMs),
  };
}

/** The same load, at the rate that the measured window begins with. */
export function warmupRequest(request: LoadRequest, { warmupMs }: TrialPlan): LoadRequest {
  const { model } = request;
  if (model.kind === 'closed') return { ...request, durationMs: warmupMs, marksMs: [] };
  const rate = model.stages[0]?.fromPerSecond ?? 0;
  const stages = [{ fromPerSecond: rate, toPerSecond: rate, durationMs: warmupMs }];
  return { ...request, durationMs: warmupMs, marksMs: [], model: { ...model, stages } };
}

const sumMs = (all: readonly number[]): number => all.reduce((sum, ms) => sum + ms, 0);
