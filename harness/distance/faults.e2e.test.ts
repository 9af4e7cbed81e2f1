import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MeasuredTrial, measuredTrialSchema } from '../analysis/trial-result.ts';
import { parseTrialPlan } from '../plan/parse-trial-plan.ts';
import { EMBEDDED } from '../postgres/chosen-postgres.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { createRedactor } from '../report/redactor.ts';
import { type Lab, withLab } from '../runner/lab.ts';
import { runTrial } from '../runner/trial.ts';

const PLAN = {
  ...{ workers: '2', poolSize: '3', maxOverflow: '0', maxConnections: '40', poolTimeout: '500ms' },
  ...{ workload: 'hold', param: ['ms=5'], connections: '12', requestTimeout: '700ms' },
  ...{ warmup: '200ms', duration: '2s', drain: '2s' },
};

/** The lab of this file, opened before the tests and closed after them. */
let opened = (): { readonly lab: Lab; readonly close: () => void } => {
  throw new Error('not opened yet');
};
let closed: Promise<void> = Promise.resolve();

beforeAll(async () => {
  const ready = Promise.withResolvers<void>();
  const done = Promise.withResolvers<void>();
  const { plan } = parseTrialPlan({ flags: PLAN, env: {} });
  const deps = {
    postgres: EMBEDDED,
    ...{ poolLabVersion: 'test', env: process.env, signal: new AbortController().signal },
    ...{ redactor: createRedactor(), labParent: LAB_DIRECTORY_PARENT },
    warn: (sentence: string) => expect.unreachable(sentence),
  };
  closed = withLab(plan.postgres, deps, async (lab): Promise<void> => {
    opened = () => ({ lab, close: done.resolve });
    ready.resolve();
    await done.promise;
  });
  await Promise.race([ready.promise, closed]);
});

afterAll(async () => {
  opened().close();
  await closed;
});

/** Whatever was done to the network: the account is whole, and nobody died. */
async function disturbed(flags: Readonly<Record<string, string | string[]>>) {
  const { plan } = parseTrialPlan({ flags: { ...PLAN, ...flags }, env: {} });
  const trial = await runTrial(opened().lab, plan);
  expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(trial.laws.map(({ name }) => name)).toContain('nothing left behind');
  expect(trial.caveats.map(({ code }) => code)).not.toContain('worker_crashed');
  expect(trial.requests).toMatchObject({ lost: 0, unanswered: 0, connectionErrors: {} });
  expect(trial.steadyState.state).toBe('not_judged');
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(trial)))).toEqual(trial);
  const [fault] = trial.faults;
  if (fault === undefined) throw new Error('no fault came');
  expect(Math.abs((fault.startedMs ?? 0) - fault.atMs), 'off its time, in ms').toBeLessThan(100);
  return { trial, fault };
}

const classes = ({ requests }: MeasuredTrial): readonly string[] =>
  Object.keys(requests.httpErrors).sort();

test('a reset costs the requests under way, and the pools are full again at once', async () => {
  const { trial, fault } = await disturbed({ dbFault: 'reset@600ms' });
  expect(fault).toMatchObject({ kind: 'reset', connections: 6 });
  expect(classes(trial)).toEqual(['conn_lost']);
  expect(fault.firstRightMs).toBeLessThan(2_000);
  expect(trial.requests.httpErrors['conn_lost']).toBeLessThanOrEqual(6);
});

test('refused connections fail who needs a new one, until they are taken again', async () => {
  // The reset makes all of them need one.
  const { trial } = await disturbed({ dbFault: ['refuse@600ms:400ms', 'reset@600ms'] });
  expect(trial.faults.map(({ kind }) => kind)).toEqual(['refuse', 'reset']);
  expect(trial.faults[0]?.connections).toBeGreaterThan(0);
  expect(classes(trial)).toEqual(['conn_lost', 'db_unavailable']);
  expect(trial.faults[0]?.firstRightMs).toBeLessThan(2_000);
});

test('a stall fails nobody who is patient, and everything goes on after it', async () => {
  const { trial, fault } = await disturbed({ dbFault: 'stall@600ms:400ms' });
  expect(fault).toMatchObject({ connections: 6, bytesLost: 0 });
  expect(fault.bytesHeld).toBeGreaterThan(0);
  expect(classes(trial)).toEqual([]);
  expect(trial.requests).toMatchObject({ timeouts: 0, ok: trial.requests.scheduled });
  // Nothing was answered for as long as it lasted.
  expect(trial.wholeRun.latencyMs.max).toBeGreaterThanOrEqual(399);
});

test('who waits in a black hole waits for ever, and the slots of the pool with him', async () => {
  const { trial, fault } = await disturbed({ dbFault: 'blackhole@600ms:200ms' });
  expect(fault).toMatchObject({ connections: 6, firstRightMs: null });
  expect(fault.bytesLost).toBeGreaterThan(0);
  expect(trial.requests.timeouts).toBeGreaterThan(0);
  expect(classes(trial)).toEqual(['pool_timeout']);
  expect(trial.connections.peakWorkers).toBe(6);
});

test('who opens a connection of his own is answered as soon as it is over', async () => {
  const { trial, fault } = await disturbed({
    ...{ dbFault: 'blackhole@600ms:200ms', poolKind: 'null', connections: '4' },
  });
  expect(fault.firstRightMs).toBeLessThan(1_000);
  // Who connected into it was told by the deadline of a connect; whose statement was under way, by nobody.
  // How many of the four were at which, chance decides.
  expect(classes(trial).filter((it) => it !== 'db_unavailable')).toEqual([]);
  const { timeouts, httpErrors } = trial.requests;
  expect(timeouts + (httpErrors['db_unavailable'] ?? 0)).toBeGreaterThan(0);
});
