import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { createRedactor } from '../report/redactor.ts';
import { createRun } from './create-run.ts';
import { createFakeMachine } from './test/fake-machine.ts';
import { createMemoryFiles } from './test/memory-files.ts';
import {
  createSampleRun,
  DIRECTORY,
  MACHINE,
  measureAll,
  resultOf,
  samplePlan,
} from './test/sample-run.ts';

const TRIALS = orderTrials(samplePlan());
const [TRIAL] = TRIALS;
if (TRIAL === undefined) throw new Error('the plan has a trial');
const CANARY = 'p4ssw0rd-canary';

function world() {
  const disk = createMemoryFiles();
  return { disk, store: createFakeMachine().start(disk).store };
}

test('a run has a plan, a journal, a lock and a file for each trial', () => {
  const { disk, store } = world();
  const writer = createSampleRun(store);
  measureAll(writer, TRIALS);
  writer.close();
  expect(disk.list(DIRECTORY).toSorted()).toEqual([
    'journal.jsonl',
    'lock.1',
    'plan.json',
    'trials',
  ]);
  expect(disk.list(`${DIRECTORY}/trials`).toSorted()).toEqual(
    TRIALS.map(({ id }) => `${id}.json`).toSorted(),
  );
  const events = disk.text(`${DIRECTORY}/journal.jsonl`).match(/"event":"(\w+)"/g);
  expect(events?.map((event) => event.slice(9, -1))).toEqual([
    'created',
    ...TRIALS.flatMap(() => ['started', 'measured']),
    'finished',
  ]);
});

test.each(['notes.txt', 'plan.json', 'journal.jsonl'])(
  'a directory that holds %s is not used, and nothing is written into it',
  (name) => {
    const { disk, store } = world();
    disk.makeDirectory('/runs/new');
    disk.makeDirectory(DIRECTORY);
    disk.put(`${DIRECTORY}/${name}`, 'mine');
    expect(() => createSampleRun(store)).toThrow(
      expect.objectContaining({
        code: 'RUN_DIRECTORY_EXISTS',
        message: `${DIRECTORY} is not empty: it holds ${name}`,
      }),
    );
    expect(disk.list(DIRECTORY)).toEqual([name]);
  },
);

test('a run that somebody else made between the look at the directory and its lock stays theirs', () => {
  const { disk, store } = world();
  let others = '';
  const self = () => {
    const theirs = createSampleRun(store);
    measureAll(theirs, TRIALS);
    theirs.close();
    others = disk.text(`${DIRECTORY}/journal.jsonl`);
    return store.owners.self();
  };
  expect(() => createSampleRun({ ...store, owners: { ...store.owners, self } })).toThrow(
    expect.objectContaining({ code: 'RUN_DIRECTORY_EXISTS' }),
  );
  expect(disk.text(`${DIRECTORY}/journal.jsonl`)).toBe(others);
});

test('an empty directory is used', () => {
  const { disk, store } = world();
  disk.makeDirectory('/runs/new');
  disk.makeDirectory(DIRECTORY);
  expect(() => createSampleRun(store).close()).not.toThrow();
});

test('a result that could not be read again is a bug, told before it is written', () => {
  const { disk, store } = world();
  const writer = createSampleRun(store);
  const broken = { ...resultOf(TRIAL), measuredMs: Number.NaN };
  expect(() => writer.measured(TRIAL, broken)).toThrow('measuredMs');
  expect(disk.list(`${DIRECTORY}/trials`)).toEqual([]);
});

test('a closed run takes nothing any more, and is closed once', () => {
  const { disk, store } = world();
  const writer = createSampleRun(store);
  writer.close();
  const before = disk.text(`${DIRECTORY}/lock.1`);
  expect(before).toContain('"released":true');
  writer.close();
  expect(() => writer.started(TRIAL)).toThrow('closed');
});

test('no secret comes into a run directory', () => {
  const { disk, store } = world();
  const redactor = createRedactor();
  redactor.register(CANARY);
  const machine = { ...MACHINE, databaseUrl: `postgres://u:${CANARY}@h/d` };
  const writer = createRun({ directory: DIRECTORY, plan: samplePlan(), machine, redactor, store });
  writer.started(TRIAL);
  writer.failed(
    TRIAL,
    new LabError('DATABASE_UNREACHABLE', {
      message: `cannot connect to postgres://lab:${CANARY}@127.0.0.1/lab`,
      hint: `PGPASSWORD=${CANARY} psql`,
    }),
  );
  // More than the schema has, as a careless caller would hand over.
  const careless = { ...resultOf(TRIAL), password: CANARY };
  expect(() => writer.measured(TRIAL, careless)).toThrow('password');
  for (const name of ['plan.json', 'journal.jsonl', 'lock.1']) {
    expect(disk.text(`${DIRECTORY}/${name}`)).not.toContain(CANARY);
  }
  expect(disk.text(`${DIRECTORY}/journal.jsonl`)).toContain('[redacted]');
  expect(disk.list(`${DIRECTORY}/trials`)).toEqual([]);
});
