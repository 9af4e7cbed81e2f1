import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparisonResultSchema } from '../analysis/comparison/comparison-result.ts';
import { summarizeRounds } from '../analysis/estimates/rounds-result.ts';
import {
  type SampleSweepOptions,
  sampleSweepPlan,
  sampleSweepResult,
} from '../analysis/sweep/test/sample-sweep.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { orderTrials, type PlannedTrial } from '../plan/sweep/trial-order.ts';
import { createRedactor } from '../report/redactor.ts';
import { roundsJson } from '../report/rounds-json.ts';
import { trialJson } from '../report/trial-json.ts';
import { createRun } from '../store/create-run.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';
import { fakeTrial } from '../test/fake-sweep.ts';
import { recordingIo } from '../test/recording-io.ts';
import { compareCommand } from './compare.ts';

const root = mkdtempSync(join(tmpdir(), 'pool-lab-compare-'));
const at = (name: string): string => join(root, name);

const AXES = {
  workload: ['hot'],
  maxOverflow: [0],
  workers: [2, 4],
  poolSize: [4, 50],
} satisfies SampleSweepOptions['axes'];

const NOT_BELIEVABLE = {
  verdict: 'INVALID',
  caveats: [{ code: 'generator_busy', grade: 'INVALID', detail: '97 % busy', advice: 'Stop it.' }],
} satisfies Partial<MeasuredTrial>;

beforeAll(() => {
  makeRun('before', {});
  makeRun('after', { axes: { ...AXES, maxConnections: [300] } });
  makeRun('two-workloads', { axes: { ...AXES, workload: ['hot', 'hold'] }, rounds: 1 });
  makeRun('invalid', { rounds: 1 }, NOT_BELIEVABLE);
  const { environment } = sampleSweepResult({ axes: AXES });
  if (environment === null) throw new Error('the sample has no environment');
  makeRun('elsewhere', { rounds: 2 }, { environment: { ...environment, cpuModel: 'another' } });

  const [first, second] = orderTrials(sampleSweepPlan({ axes: AXES })).map(fakeTrial);
  if (first === undefined || second === undefined) throw new Error('the sample has no trials');
  writeFileSync(at('trial.json'), trialJson(first));
  const rounds = [first, { ...first, goodputPerSecond: 300 }];
  const { gates } = first.plan;
  writeFileSync(at('rounds.json'), roundsJson(summarizeRounds(rounds, { roundsAsked: 2, gates })));
  writeFileSync(at('sweep.json'), JSON.stringify(sampleSweepResult({ axes: AXES })));
  writeFileSync(at('error.json'), '{"error":{"code":"USAGE","message":"no","hint":"yes"}}');
  const { latencyMs } = first;
  const unpacked = { ...first, latencyMs: { ...latencyMs, okHistogram: 'AAAA' } };
  writeFileSync(at('histogram.json'), trialJson(unpacked));
  writeFileSync(at('torn.json'), trialJson(second).slice(0, 100));
  writeFileSync(at('foreign.json'), '{"name":"something"}');
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A run directory, whose trials took no time. */
function makeRun(
  name: string,
  options: SampleSweepOptions,
  changes: Partial<MeasuredTrial> = {},
): void {
  const plan = sampleSweepPlan({ axes: AXES, ...options });
  const { environment } = fakeTrial(firstOf(orderTrials(plan)));
  const writer = createRun({
    directory: at(name),
    plan,
    machine: environment,
    redactor: createRedactor(),
    store: MACHINE_STORE,
  });
  for (const trial of orderTrials(plan)) {
    writer.started(trial);
    writer.measured(trial, { ...fakeTrial(trial), ...changes });
  }
  writer.close();
}

function firstOf(trials: readonly PlannedTrial[]): PlannedTrial {
  const [first] = trials;
  if (first === undefined) throw new Error('a plan without trials');
  return first;
}

async function compare(a: string, b: string, flags: RawFlags = {}) {
  const io = recordingIo();
  const exitCode = await compareCommand.run(flags, io, [at(a), at(b)]);
  return { exitCode, text: io.stdoutText() };
}

test('two cells of one run are compared in one sentence', async () => {
  const { exitCode, text } = await compare('before#2x4+0', 'before#2 × (50+0)');
  expect(exitCode).toBe(0);
  expect(text.split('\n').slice(0, 3).join(' ')).toMatch(
    /^2 × \(50\+0\) is EXHAUSTED \(.*\); 2 × \(4\+0\) +answers \S+ \[\S+\] times as +much/,
  );
  expect(text).toContain('measured in turns in one run');
});

test('two runs are compared cell by cell', async () => {
  const { exitCode, text } = await compare('before', 'after');
  expect(exitCode).toBe(0);
  expect(text).toContain('DIFFERS       max-connections 100 against 300');
  expect(text).toContain('4 cells in both');
});

test('with --json it is a document of its published schema', async () => {
  const { text } = await compare('before', 'after', { json: true });
  expect(comparisonResultSchema.parse(JSON.parse(text)).state).toBe('runs');
});

test.each([
  ['trial.json', 'one round counts on both sides'],
  ['rounds.json', '2 rounds that both have'],
])('what run --json wrote is a cell: %s', async (file, expected) => {
  const { text } = await compare(file, 'before#c002');
  expect(text.replaceAll(/\s+/g, ' ')).toContain(expected);
});

test('what report --format json wrote is a run, and has cells', async () => {
  const { text } = await compare('sweep.json#c001', 'before#c001');
  expect(text).toContain('an A/A comparison');
});

test('another machine is refused with both values, and compared by force with a banner', async () => {
  await expect(compare('before#c001', 'elsewhere#c001')).rejects.toMatchObject({
    code: 'NOT_COMPARABLE',
    message: expect.stringContaining('environment cpu-model a CPU against another'),
    hint: expect.stringContaining('--force'),
  });
  await expect(compare('before', 'elsewhere')).rejects.toMatchObject({ code: 'NOT_COMPARABLE' });
  const forced = await compare('before#c001', 'elsewhere#c001', { force: true });
  expect(forced.exitCode).toBe(0);
  expect(forced.text).toMatch(/^NOT COMPARABLE, compared by force: /);
  const runs = await compare('before', 'elsewhere', { force: true });
  expect(runs.text).toMatch(/^NOT COMPARABLE, compared by force: /);
});

test('force without need changes nothing', async () => {
  const { text } = await compare('before#c001', 'before#c002', { force: true, json: true });
  expect(JSON.parse(text)).toMatchObject({ forced: false, undeclared: [] });
});

test('cells of different workloads are refused', async () => {
  await expect(compare('two-workloads#c001', 'two-workloads#c005')).rejects.toMatchObject({
    code: 'NOT_COMPARABLE',
    message: expect.stringContaining('workload hot against hold'),
  });
});

test('what may not be believed is refused with its reason, and status 6', async () => {
  await expect(compare('invalid#c001', 'before#c001')).rejects.toMatchObject({
    code: 'NO_BELIEVABLE_ROUND',
    exitCode: 6,
    message: expect.stringContaining('INVALID: generator_busy (round 1)'),
  });
  await expect(compare('before', 'invalid')).rejects.toMatchObject({
    code: 'NO_BELIEVABLE_ROUND',
  });
});

test('a shape that several cells have is not guessed', async () => {
  await expect(compare('two-workloads#4x4+0', 'before#c001')).rejects.toMatchObject({
    code: 'USAGE',
    hint: expect.stringMatching(/c003 is 4 × \(4\+0\), hot, .*; c007 is 4 × \(4\+0\), hold, /),
  });
});

test.each([
  ['no such cell', 'before#c099', 'before#c001', 'USAGE', 'no cell of'],
  ['the same cell', 'before#c001', 'before#2x4+0', 'USAGE', 'are the same trials'],
  ['the same run', 'before', 'before', 'USAGE', 'are the same run'],
  ['a run and a cell', 'before', 'after#c001', 'USAGE', 'has 4 cells, and the other side is one'],
  ['a cell of a trial', 'trial.json#c001', 'before#c001', 'USAGE', 'names none of it'],
  ['nothing', 'nowhere', 'before', 'CONFIG_INVALID', 'does not exist'],
  ['no histogram', 'histogram.json', 'before#c001', 'CONFIG_INVALID', 'histogram that cannot be'],
  ['a foreign file', 'foreign.json', 'before#c001', 'CONFIG_INVALID', 'is no result of pool-lab'],
  ['an error', 'error.json', 'before#c001', 'CONFIG_INVALID', 'holds no result but an error'],
  ['a torn file', 'torn.json', 'before#c001', 'CONFIG_INVALID', 'cannot be read'],
])('%s is refused in words', async (_, a, b, code, message) => {
  await expect(compare(a, b)).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});
