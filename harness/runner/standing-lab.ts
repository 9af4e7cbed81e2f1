import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseConfig } from '../../server/contract.ts';
import type { LoadProgress, LoadRequest } from '../load/load-engine.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { WORKER_SESSIONS } from '../postgres/watched-sessions.ts';
import { withPrivateDirectory } from '../private-directory.ts';
import { withApi } from './api.ts';
import type { Api } from './driven-api.ts';
import type { Lab } from './lab.ts';
import { runLoad } from './observed-load.ts';
import { loadRequest, type TrialPorts } from './trial-request.ts';

/** What somebody needs who wants to look around. */
export interface StandingLab {
  readonly server: Api;
  /** libpq's password file for the API's role and the superuser; readable by this user only. */
  readonly passwordFile: string;
  readonly api: DatabaseConfig;
  readonly superuser: DatabaseConfig;
  readonly others: number;
  readonly maxConnections: number;
  /** Server-side connections at this moment: the API's, and everybody's. */
  watch(): Promise<ConnectionCount>;
}

export interface ConnectionCount {
  readonly workers: number;
  readonly all: number;
  /** Requests that asked for a connection and have none: they queue, or theirs is being opened. */
  readonly waiting: number;
}

/** A sample window as short as the monitor takes them. */
const WATCH_WINDOW_MS = 250;

/**
 * PostgreSQL and the API, without a measurement, for as long as `use` runs.
 *
 * @throws LabError DIRECTORY_UNUSABLE
 */
export async function withStandingLab<T>(
  lab: Lab,
  plan: TrialPlan,
  ports: TrialPorts,
  use: (standing: StandingLab) => Promise<T>,
): Promise<T> {
  const { custodian } = lab;
  const asked = { prefix: 'pool-lab-up-', purpose: 'a password file', custodian };
  return withPrivateDirectory(asked, async (directory) => {
    const passwordFile = join(directory, 'pgpass');
    const { api, superuser } = lab.postgres;
    writeFileSync(passwordFile, [api, superuser].map(passwordLine).join(''), { mode: 0o600 });
    await lab.sql.prepare(plan, lab.signal);
    return withApi(lab, { plan, ports }, (server) => {
      const { pgbouncer } = server;
      // Of its console as well.
      const inBetween = pgbouncer === null ? [] : [{ ...pgbouncer.database, database: '*' }];
      appendFileSync(passwordFile, inBetween.map(passwordLine).join(''));
      return use({
        server,
        passwordFile,
        api,
        superuser,
        others: lab.others,
        maxConnections: lab.monitor.limits.maxConnections,
        watch: () => countConnections(lab, server),
      });
    });
  });
}

/**
 * Between two runs the slowest requests of the first are waited for and nothing is sent: a hole in
 * every graph.
 */
const STANDING_RUN_MS = 10 * 60_000;

/** The same load, for longer; stages that have an end come again after it. */
export function standingRequest(request: LoadRequest): LoadRequest {
  const { model } = request;
  const durationMs = Math.max(request.durationMs, STANDING_RUN_MS);
  if (model.kind === 'closed') return { ...request, durationMs };
  const [stage, ...further] = model.stages;
  const steady = stage?.fromPerSecond === stage?.toPerSecond && further.length === 0;
  if (stage === undefined || !steady) return request;
  return { ...request, durationMs, model: { ...model, stages: [{ ...stage, durationMs }] } };
}

/** Load of the plan's kind, one run after the other, until the signal is aborted. */
export async function keepLoading(
  lab: Lab,
  server: Api,
  plan: TrialPlan,
  hooks: {
    readonly signal: AbortSignal;
    readonly onProgress: (progress: LoadProgress) => void;
  },
): Promise<void> {
  while (!hooks.signal.aborted) {
    await runLoad(lab, 'measure', standingRequest(loadRequest(server.url, plan)), hooks);
  }
}

async function countConnections(lab: Lab, server: Api): Promise<ConnectionCount> {
  const sampling = lab.monitor.startSampling(WORKER_SESSIONS);
  await new Promise((resolve) => setTimeout(resolve, WATCH_WINDOW_MS));
  const [window, stats] = await Promise.all([sampling.stop(), server.stats()]);
  return {
    workers: window.workerConnectionsPeak,
    all: window.clientBackendsPeak,
    waiting: stats.workers.reduce((sum, { alive, pool }) => sum + (alive ? pool.waiting : 0), 0),
  };
}

/** See https://www.postgresql.org/docs/18/libpq-pgpass.html; `:` and `\` need a backslash. */
function passwordLine({ host, port, database, user, password }: DatabaseConfig): string {
  const fields = [host, String(port), database, user, password];
  return `${fields.map((field) => field.replace(/[\\:]/g, '\\$&')).join(':')}\n`;
}
