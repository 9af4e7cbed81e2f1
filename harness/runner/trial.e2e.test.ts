import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { POOL_DEFAULTS } from '../../server/contract.ts';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { listProcesses } from '../process-table.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, type LabDeps, withLab } from './lab.ts';
import { runTrial, SILENT } from './trial.ts';

const deps = (signal: AbortSignal): LabDeps => ({
  poolLabVersion: 'test',
  postgres: EMBEDDED,
  env: process.env,
  signal,
  redactor: createRedactor(),
  labParent: LAB_DIRECTORY_PARENT,
  warn: (sentence) => expect.unreachable(sentence),
});

function planWith(change: Partial<TrialPlan>, shape = { poolSize: 2, maxOverflow: 2 }): TrialPlan {
  const { plan } = parseTrialPlan({ flags: {}, env: {} });
  return {
    ...plan,
    workers: 2,
    pool: { ...POOL_DEFAULTS, ...shape },
    workload: 'hold',
    workloadParams: { ms: '10' },
    load: { ...plan.load, model: { kind: 'closed', connections: 16, thinkTimeMs: 0 } },
    warmupMs: 200,
    durationMs: 1_500,
    drainMs: 2_000,
    postgres: { ...plan.postgres, maxConnections: 15 },
    ...change,
  };
}

/** The API's primary is a child of this process. */
function primaryPid(): number {
  const primary = listProcesses().find(
    ({ parentPid, command }) => parentPid === process.pid && command.includes('server/main'),
  );
  if (primary === undefined) throw new Error('no API is running');
  return primary.pid;
}

function someWorker(): number {
  const primary = primaryPid();
  const worker = listProcesses().find(({ parentPid }) => parentPid === primary);
  if (worker === undefined) throw new Error('no worker is running');
  return worker.pid;
}

/** The lab of one file, opened before the tests and closed after them. */
function openedLab(): { readonly lab: Lab; readonly close: () => void } {
  throw new Error('not opened yet');
}

describe('trials on one PostgreSQL with 15 slots', () => {
  let opened = openedLab;
  let closed: Promise<void> = Promise.resolve();

  beforeAll(async () => {
    const ready = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    closed = withLab(
      planWith({}).postgres,
      deps(new AbortController().signal),
      async (lab): Promise<void> => {
        opened = () => ({ lab, close: done.resolve });
        ready.resolve();
        await done.promise;
      },
    );
    await Promise.race([ready.promise, closed]);
  });

  afterAll(async () => {
    opened().close();
    await closed;
  });

  test('a shape that fits is not refused, keeps every law and fits the published schema', async () => {
    const result = await runTrial(opened().lab, planWith({}));
    expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(result.verdict).not.toBe('INVALID');
    expect(result.budget).toMatchObject({
      predicted: { usable: 11, ceiling: 8 },
      predictedRefusals: false,
      observedRefusals: false,
    });
    expect(result.connections.peakWorkers).toBe(8);
    expect(result.requests.ok).toBe(result.requests.scheduled);
    expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  });

  test('a shape beyond the free slots is refused as predicted, and every refusal is counted', async () => {
    const result = await runTrial(opened().lab, planWith({}, { poolSize: 4, maxOverflow: 4 }));
    expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(result.budget).toMatchObject({ predictedRefusals: true, observedRefusals: true });
    expect(result.refusals.total).toBe(result.requests.httpErrors['too_many_connections']);
    expect(result.connections.peakWorkers).toBeLessThanOrEqual(11);
  });

  test('a parameter that the workload does not have is refused before any load', async () => {
    const trial = runTrial(opened().lab, planWith({ workloadParams: { minutes: '1' } }));
    await expect(trial).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('minutes'),
    });
  });

  test('a rolling deploy has one worker more for a while and loses no request', async () => {
    const plan = planWith({ rolloutSurge: 1, durationMs: 3_000 }, { poolSize: 2, maxOverflow: 1 });
    const result = await runTrial(opened().lab, plan);
    expect(result.rollout).toMatchObject({ surge: 1, replaced: 2, workersPeak: 3 });
    expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(result.budget).toMatchObject({ predicted: { rolloutCeiling: 9 }, agrees: true });
    expect(result.requests).toMatchObject({ lost: 0, unanswered: 0, connectionErrors: {} });
  });

  test('a worker that is killed in the window makes the trial INVALID', async () => {
    const { lab } = opened();
    const seen = Promise.withResolvers<void>();
    const running = runTrial(lab, planWith({ durationMs: 3_000 }), {
      ...SILENT,
      onProgress: () => seen.resolve(),
    });
    await seen.promise;
    process.kill(someWorker(), 'SIGKILL');
    const result = await running;
    expect(result.verdict).toBe('INVALID');
    expect(result.caveats.map(({ code }) => code)).toContain('worker_crashed');
  });

  test('an API that ends in the window ends the trial at once, with the reason', async () => {
    const { lab } = opened();
    const seen = Promise.withResolvers<void>();
    const running = runTrial(lab, planWith({ durationMs: 60_000 }), {
      ...SILENT,
      onProgress: () => seen.resolve(),
    });
    await seen.promise;
    const killedMs = performance.now();
    process.kill(primaryPid(), 'SIGKILL');
    await expect(running).rejects.toMatchObject({
      code: 'SERVER_NOT_READY',
      message: 'the API ended in the middle (SIGKILL)',
    });
    // Without it the load is given up only after the longest a request may take.
    expect(performance.now() - killedMs).toBeLessThan(10_000);
  });

  test('a worker that is stopped for a while in the window makes the trial doubtful', async () => {
    const { lab } = opened();
    const seen = Promise.withResolvers<void>();
    const running = runTrial(lab, planWith({ durationMs: 3_000 }), {
      ...SILENT,
      onProgress: () => seen.resolve(),
    });
    await seen.promise;
    const worker = someWorker();
    process.kill(worker, 'SIGSTOP');
    try {
      // Not a wait for something: this is how long the fault lasts.
      await delay(800);
    } finally {
      process.kill(worker, 'SIGCONT');
    }
    const result = await running;
    expect(result.verdict).toBe('DEGRADED');
    expect(result.caveats.map(({ code }) => code)).toContain('worker_stalled');
  });
});

test('an abort keeps what was measured, marked as incomplete', async () => {
  const stopping = new AbortController();
  const plan = planWith({ durationMs: 60_000 });
  const result = await withLab(plan.postgres, deps(stopping.signal), (lab) =>
    runTrial(lab, plan, { ...SILENT, onProgress: () => stopping.abort() }),
  );
  expect(result).toMatchObject({ ended: 'aborted', verdict: 'INVALID' });
  expect(result.requests.ok).toBeGreaterThan(0);
  expect(result.measuredMs).toBeLessThan(30_000);
});

test('a PostgreSQL that dies in the window is the error, not a bad number', async () => {
  const plan = planWith({ durationMs: 60_000 });
  const running = withLab(plan.postgres, deps(new AbortController().signal), (lab) =>
    runTrial(lab, plan, {
      ...SILENT,
      onProgress: () => process.kill(lab.postgres.postmasterPid ?? 0, 'SIGKILL'),
    }),
  );
  await expect(running).rejects.toMatchObject({
    code: 'POSTGRES_DIED',
    hint: expect.stringMatching(/^Its last lines:\n/),
  });
});
