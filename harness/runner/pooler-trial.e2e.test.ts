import { expect } from 'vitest';
import { POOL_DEFAULTS } from '../../server/contract.ts';
import { isAtLeast } from '../pgbouncer/pgbouncer-program.ts';
import { detectPgbouncer } from '../pgbouncer/test/pgbouncer-fixture.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { POOLER_DEFAULTS } from '../plan/pooler.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { sharedLabParent } from '../postgres/test/lab-parent.ts';
import { listProcesses } from '../process-table.ts';
import { createRedactor } from '../report/redactor.ts';
import { optional } from '../test/optional.ts';
import { withLab } from './lab.ts';
import { runTrial, SILENT } from './trial.ts';

const installed = await optional('pgbouncer', detectPgbouncer);
const shared = sharedLabParent();

const SERVERS = 4;
const CLIENTS = 24;

/** More callers without a pool than PostgreSQL has connections for. */
function pooledPlan(): TrialPlan {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  return {
    ...plan,
    workers: 2,
    pool: { ...POOL_DEFAULTS, kind: 'null' },
    workload: 'hold',
    workloadParams: { ms: '10' },
    load: { ...plan.load, model: { kind: 'closed', connections: CLIENTS, thinkTimeMs: 0 } },
    warmupMs: 0,
    durationMs: 1_200,
    drainMs: 2_000,
    postgres: { ...plan.postgres, maxConnections: 15 },
    pooler: { ...POOLER_DEFAULTS, mode: 'transaction', defaultPoolSize: SERVERS },
  };
}

/** Of this process's own. */
const pgbouncers = (): readonly number[] =>
  listProcesses()
    .filter(({ parentPid, command }) => parentPid === process.pid && /pgbouncer/.test(command))
    .map(({ pid }) => pid);

installed.test('a trial through PgBouncer, and one whose PgBouncer is killed', async () => {
  const warnings: string[] = [];
  const deps = {
    poolLabVersion: 'test',
    postgres: EMBEDDED,
    env: process.env,
    signal: new AbortController().signal,
    redactor: createRedactor(),
    labParent: shared.path,
    warn: (sentence: string) => void warnings.push(sentence),
  };
  const plan = pooledPlan();
  await withLab(plan.postgres, deps, async (lab) => {
    const result = await runTrial(lab, plan);
    expect(result.refusals.total).toBe(0);
    expect(result.requests.lost).toBe(0);
    expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(result.connections.peakWorkers).toBe(SERVERS);
    // They are called after whoever had them last.
    expect(result.connections.peakByWorker).toEqual({});
    // Beside the API's sessions there is the monitor's, whoever PgBouncer's are called after.
    expect(result.connections.peakAll).toBe(SERVERS + 1);
    // 1.18 cannot carry named ones, and `auto` has sent none.
    expect(result.api.preparedStatements).toBe(isAtLeast(installed.get().version, '1.21'));
    expect(result.budget).toMatchObject({
      reached: 'pooler',
      predictedRefusals: false,
      agrees: true,
    });
    expect(result.pooler).toMatchObject({ version: installed.get().version, serversPeak: SERVERS });
    expect(result.pooler?.clientsWaitingPeak).toBeGreaterThan(0);
    // A connection that one has given back and none has got yet leaves all others waiting.
    expect(result.pooler?.clientsWaitingPeak).toBeLessThanOrEqual(CLIENTS);
    expect(result.pooler?.transactions).toBeGreaterThanOrEqual(result.requests.ok);
    expect(pgbouncers()).toEqual([]);

    const killed = runTrial(lab, plan, {
      ...SILENT,
      onProgress: () => {
        for (const pid of pgbouncers()) process.kill(pid, 'SIGKILL');
      },
    });
    await expect(killed).rejects.toMatchObject({
      code: 'POOLER_FAILED',
      message: 'PgBouncer ended in the middle (ended by SIGKILL)',
    });
    // The lab is as good as before.
    expect((await runTrial(lab, { ...plan, durationMs: 500 })).refusals.total).toBe(0);
  });
  expect(warnings).toEqual([]);
});
