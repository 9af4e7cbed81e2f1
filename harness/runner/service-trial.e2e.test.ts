import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeasuredTrial, measuredTrialSchema } from '../analysis/trial-result.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { listProcesses } from '../process-table.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, withLab } from './lab.ts';
import { runTrial } from './trial.ts';

const SERVICE = `${process.execPath} ${import.meta.dirname}/../test/services/orders.mjs`;
/** 12 slots, of which 3 are reserved and the monitor has one. */
const USABLE = 8;

/** The lab of one file, opened before the tests and closed after them. */
let lab: Lab;
const closing = Promise.withResolvers<void>();
let closed: Promise<void>;

beforeAll(async () => {
  const opened = Promise.withResolvers<Lab>();
  const deps = {
    poolLabVersion: 'test',
    postgres: EMBEDDED,
    startsService: true,
    env: process.env,
    signal: new AbortController().signal,
    redactor: createRedactor(),
    labParent: LAB_DIRECTORY_PARENT,
    warn: (sentence: string) => expect.unreachable(sentence),
  };
  closed = withLab(planOf().postgres, deps, async (it) => {
    opened.resolve(it);
    await closing.promise;
  });
  lab = await Promise.race([opened.promise, closed.then(() => Promise.reject(new Error('over')))]);
});
afterAll(async () => {
  closing.resolve();
  await closed;
});

function planOf(flags: RawFlags = {}) {
  return parseTrialPlan({
    flags: {
      command: SERVICE,
      env: ['PORT={port}', 'POOL={poolTotal}'],
      request: ['/hold'],
      connections: '16',
      warmup: '100ms',
      duration: '1s',
      drain: '2s',
      maxConnections: '12',
      ...flags,
    },
    env: {},
  }).plan;
}

async function measured(flags: RawFlags): Promise<MeasuredTrial> {
  const trial = await runTrial(lab, planOf(flags));
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(trial)))).toEqual(trial);
  expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(await servicesLeft()).toEqual([]);
  return trial;
}

/** A process that has ended may still be in the table for a moment. */
async function servicesLeft(): Promise<readonly string[]> {
  for (let look = 0; ; look += 1) {
    const left = listProcesses().filter(
      ({ command, parentPid }) => command.includes('orders.mjs') && parentPid === process.pid,
    );
    if (left.length === 0 || look === 20) return left.map(({ command }) => command);
    await delay(25);
  }
}

test('a service is measured by what shows of it, and what does not is left out', async () => {
  const trial = await measured({ poolSize: '4', request: ['/hold@3', '/now'] });
  expect(trial).toMatchObject({
    workers: [],
    composition: [],
    budget: { predictedRefusals: false, observedRefusals: false, agrees: true, shapeKnown: true },
    connections: { peakWorkers: 4, peakByWorker: {} },
    service: {
      process: { killed: 0, processesPeak: 1 },
      sessions: [{ applicationName: 'orders', role: lab.postgres.api.user, peak: 4 }],
      refusalsLogged: 0,
      metrics: null,
    },
  });
  const { requests } = trial.service ?? { requests: [] };
  expect(requests.map(({ name }) => name)).toEqual(['GET /hold', 'GET /now']);
  expect(requests.reduce((sum, { ok }) => sum + ok, 0)).toBe(trial.requests.ok);
  expect(trial.service?.unseen.length).toBeGreaterThan(0);
  expect(trial.laws.map(({ name }) => name)).toContain('nothing left behind');
});

test('a deploy has it twice, and PostgreSQL refuses what does not fit beside the first one', async () => {
  const trial = await measured({ poolSize: '6', rollout: '1', duration: '2s' });
  expect(trial.budget).toMatchObject({
    predicted: { usable: USABLE, ceiling: 6, rolloutCeiling: 12, fits: true },
    predictedRefusals: true,
    agrees: true,
  });
  expect(trial.rollout).toMatchObject({ surge: 1, replaced: 1, workersPeak: 2, failure: null });
  expect(trial.requests).toMatchObject({ lost: 0, connectionErrors: {}, unanswered: 0 });
  expect(trial.service?.refusalsLogged).toBeGreaterThan(0);
});

test('a second instance that PostgreSQL keeps from starting is the finding, and the first goes on', async () => {
  const flags = { env: ['PORT={port}', 'POOL={poolTotal}', 'EAGER=yes'], poolSize: '6' };
  const trial = await measured({ ...flags, rollout: '1', duration: '2s' });
  expect(trial.rollout).toMatchObject({
    replaced: 0,
    failure: expect.stringMatching(/^the service ended .*refused a connection by PostgreSQL\)$/),
  });
  expect(trial.budget).toMatchObject({ observedRefusals: true, agrees: true });
  expect(trial.requests).toMatchObject({ httpErrors: {}, lost: 0, connectionErrors: {} });
});

test('a second instance that is not ready by the end of the window is given up', async () => {
  const slowFile = join(await mkdtemp(join(tmpdir(), 'pool-lab-slow-')), 'first');
  try {
    const trial = await measured({
      env: ['PORT={port}', 'POOL={poolTotal}', `SLOW_FILE=${slowFile}`],
      poolSize: '6',
      rollout: '1',
    });
    expect(trial.rollout).toMatchObject({
      replaced: 0,
      failure: 'the window of 1 s was over before; give it more --duration',
    });
    expect(trial.budget).toMatchObject({ predictedRefusals: true, agrees: true });
  } finally {
    await rm(dirname(slowFile), { recursive: true });
  }
});

test('what it answers wrong before any load is no answer to its pool', async () => {
  const warned: string[] = [];
  const trial = await runTrial(
    { ...lab, warn: (sentence) => warned.push(sentence) },
    planOf({ env: ['PORT={port}', 'TELL=yes', 'DATABASE_URL=postgresql://127.0.0.1:1/none'] }),
  );
  expect(warned).toEqual([
    'the service answered GET /hold by status 503, before any load\nIt said:\nfailed: connect ECONNREFUSED 127.0.0.1:1',
  ]);
  expect(trial).toMatchObject({ verdict: 'INVALID', budget: { shapeKnown: false, agrees: true } });
  expect(trial.caveats).toContainEqual(
    expect.objectContaining({
      code: 'no_answers',
      detail: expect.stringMatching(/before any load GET \/hold was answered by status 503$/),
    }),
  );
});
