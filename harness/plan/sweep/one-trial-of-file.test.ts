import { expect, test } from 'vitest';
import { LabError } from '../../lab-error.ts';
import type { RawEnv, RawFlags } from '../option-table.ts';
import { parseTrialPlan } from '../parse-trial-plan.ts';

function run(text: string, flags: RawFlags = {}, env: RawEnv = {}) {
  const readData = () =>
    ({ ok: true, path: '/users.csv', text: 'id\n1\n', sha256: 'hash' }) as const;
  return parseTrialPlan({ flags, env, file: { name: 'pool-lab.yaml', text, readData } });
}

function refusalOf(...given: Parameters<typeof run>): LabError {
  try {
    run(...given);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('the plan was accepted');
}

test('a sweep’s file with one value of everything is a trial', () => {
  const text =
    'workers: 2\npool-size: [3]\nmax-overflow: 4..4\nworkload: hold\nparam: { ms: 7 }\nrate: [90/s]\npre-ping: yes\nrounds: 3\nthreshold: [lost==0]\n';
  const { plan, rounds, warnings } = run(text);
  expect(plan).toMatchObject({
    workers: 2,
    pool: { poolSize: 3, maxOverflow: 4, prePing: true },
    workload: 'hold',
    workloadParams: { ms: '7' },
    load: { model: { kind: 'open', stages: [{ fromPerSecond: 90 }] } },
    thresholds: ['lost==0'],
  });
  expect(rounds).toBe(3);
  expect(warnings).toEqual([]);
});

test('of several values one is to be chosen, and the flag for it is named', () => {
  expect(refusalOf('pool-size: [4, 2, 8]\n')).toMatchObject({
    code: 'CONFIG_INVALID',
    message: '--pool-size "4,2,8" (from pool-lab.yaml:1:12) has 3 values, and a trial has one',
    hint: 'choose one: --pool-size 2; pool-lab sweep measures all of them',
  });
  expect(run('pool-size: [4, 2, 8]\n', { poolSize: '8' }).plan.pool.poolSize).toBe(8);
  expect(run('pool-size: 2..8\n', {}, { POOL_LAB_POOL_SIZE: '5' }).plan.pool.poolSize).toBe(5);
});

test('parameters of the file’s other workloads are left out', () => {
  const text = 'workload: [hot, hold]\nparam: { hold.ms: 7, rows: 3 }\n';
  expect(run(text, { workload: 'hold' }).plan.workloadParams).toEqual({ ms: '7' });
  expect(run(text, { workload: 'hot' }).plan.workloadParams).toEqual({ rows: '3' });
  expect(refusalOf('workload: hold\nparam: { sm: 7 }\n').message).toContain(
    'names no parameter of',
  );
});

test('what a trial has no use for is told', () => {
  expect(run('surge: 2\nworkers: 3\n').warnings).toEqual([
    'pool-lab.yaml:1:8 changes nothing with run, which has no --surge',
  ]);
});

test.each([
  [
    'pool-size: few\n',
    '--pool-size "few" (from pool-lab.yaml:1:12) is not a whole number in digits',
  ],
  [
    'wrkers: 1\n',
    'pool-lab.yaml "wrkers" (from pool-lab.yaml:1:1) is not a setting (did you mean w',
  ],
  ['json: yes\n', 'pool-lab.yaml "json" (from pool-lab.yaml:1:1) does not belong into a file'],
  [
    'requests: [{ path: / }]\n',
    "pool-lab.yaml:1:11 has requests, and what is measured is the lab's",
  ],
])('%j is refused as by a sweep', (text, message) => {
  expect(refusalOf(text).message).toContain(message);
});

test('requests are those of the service that is started, or of one that runs', () => {
  const text = 'data: { file: users.csv }\nrequests: [{ path: "/{{id}}", weight: 2 }]\n';
  const expected = { templates: [{ path: '/{{id}}', weight: 2 }], data: { sha256: 'hash' } };
  expect(run(`command: node server.js\n${text}`).plan.requests).toMatchObject(expected);
  const target = { target: 'http://127.0.0.1:8080', iOwnThisTarget: true };
  expect(run(text, target).plan.requests).toMatchObject(expected);
});

test('the command of a file is filled in as that of a flag', () => {
  const text = 'command: node server.js {port}\nenv: { DB: "{poolSize}" }\npool-size: 3\n';
  const byFile = run(text).plan;
  const flags = { command: 'node server.js {port}', env: ['DB={poolSize}'], poolSize: '3' };
  expect(byFile).toEqual(parseTrialPlan({ flags, env: {} }).plan);
  expect(byFile.service).toMatchObject({ shapeKnown: true });
});
