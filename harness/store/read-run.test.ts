import { expect, test } from 'vitest';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { readRun } from './read-run.ts';
import { sha256 } from './sha256.ts';
import { createFakeMachine } from './test/fake-machine.ts';
import { createMemoryFiles, type MemoryFiles } from './test/memory-files.ts';
import {
  aFailure,
  createSampleRun,
  DIRECTORY,
  measureAll,
  resultOf,
  resumeSampleRun,
  samplePlan,
} from './test/sample-run.ts';

const TRIALS = orderTrials(samplePlan());
const PLAN = `${DIRECTORY}/plan.json`;
const JOURNAL = `${DIRECTORY}/journal.jsonl`;
const FILE = `${DIRECTORY}/trials/c001-r1.json`;
const OTHERS = ['c002-r1', 'c003-r1'];

function completeRun(): MemoryFiles {
  const disk = createMemoryFiles();
  const writer = createSampleRun(createFakeMachine().start(disk).store);
  measureAll(writer, TRIALS);
  writer.close();
  return disk;
}

const upTo = (count: number): string =>
  Array.from({ length: count }, (_, index) => index + 1).join();

function change(disk: MemoryFiles, path: string, alter: (text: string) => string): void {
  disk.put(path, alter(disk.text(path)));
}

/** With a hash in the journal that fits, as the program that wrote it would have left it. */
function rewriteTrial(disk: MemoryFiles, alter: (text: string) => string): void {
  const before = sha256(disk.text(FILE));
  change(disk, FILE, alter);
  change(disk, JOURNAL, (text) => text.replace(before, sha256(disk.text(FILE))));
}

test('a complete run is read as it was written, cell by cell', () => {
  const run = readRun(DIRECTORY, completeRun());
  expect(run.damage).toEqual([]);
  expect(run.plan).toEqual(samplePlan());
  expect(run.measured).toEqual(new Set(['c001-r1', ...OTHERS]));
  const cells = [...run.cells()];
  expect(cells.map(({ cell }) => cell.id)).toEqual(['c001', 'c002', 'c003']);
  for (const { cell, trials } of cells) {
    const planned = TRIALS.find((trial) => trial.cell.id === cell.id);
    if (planned === undefined) throw new Error('it is not in the plan');
    expect(trials).toEqual([{ state: 'measured', round: 1, result: resultOf(planned) }]);
  }
});

test('a run under way is read as far as it is, and nothing of it is called damaged', () => {
  const disk = createMemoryFiles();
  const writer = createSampleRun(createFakeMachine().start(disk).store);
  const [first, second, third] = TRIALS;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  writer.started(first);
  writer.measured(first, resultOf(first));
  writer.started(second);
  writer.failed(second, aFailure());
  writer.started(third);
  // The file is there before its line is.
  disk.put(`${DIRECTORY}/trials/${third.id}.json`, '{}');
  change(disk, JOURNAL, (text) => `${text}{"event":"measured","tri`);
  const run = readRun(DIRECTORY, disk);
  const trials = [...run.cells()].flatMap((cell) => cell.trials);
  expect(run.damage).toEqual([]);
  expect(run.measured).toEqual(new Set([first.id]));
  const { code, message, hint } = aFailure();
  expect(trials).toHaveLength(2);
  expect(trials).toContainEqual({ state: 'failed', round: 1, error: { code, message, hint } });
});

test.each<{ name: string; damage: (disk: MemoryFiles) => void; says: RegExp }>([
  {
    name: 'is missing',
    damage: (disk) => disk.remove(FILE),
    says: /^trials\/c001-r1\.json is missing, and is not used$/,
  },
  {
    name: 'was cut off',
    damage: (disk) => change(disk, FILE, (text) => text.slice(0, 900)),
    says: /^trials\/c001-r1\.json is not what was measured: it was altered or cut off/,
  },
  {
    name: 'was altered by one digit',
    damage: (disk) => change(disk, FILE, (text) => text.replace('809.4', '909.4')),
    says: /^trials\/c001-r1\.json is not what was measured/,
  },
  {
    name: 'holds another trial',
    damage: (disk) => disk.put(FILE, disk.text(`${DIRECTORY}/trials/c002-r1.json`)),
    says: /^trials\/c001-r1\.json is not what was measured/,
  },
  {
    name: 'is of a newer version',
    damage: (disk) =>
      rewriteTrial(disk, (text) => text.replace('"schemaVersion":1', '"schemaVersion":9')),
    says: /^trials\/c001-r1\.json has version 9 of a trial's result, and this pool-lab knows/,
  },
  {
    name: 'is no result',
    damage: (disk) => rewriteTrial(disk, (text) => text.replace('"VALID"', '"FINE"')),
    says: /^trials\/c001-r1\.json is no result of a trial: verdict: /,
  },
  {
    name: 'has no histogram in the place of one',
    damage: (disk) =>
      rewriteTrial(disk, (text) => text.replace('"okHistogram":null', '"okHistogram":"AAAA"')),
    says: /^trials\/c001-r1\.json has a histogram that cannot be unpacked, and is not used$/,
  },
  {
    name: 'is not JSON',
    damage: (disk) => rewriteTrial(disk, () => 'not json'),
    says: /^trials\/c001-r1\.json is no result of a trial/,
  },
  {
    name: 'lost its line in the journal',
    damage: (disk) =>
      change(disk, JOURNAL, (text) => text.replace(/^.*"measured".*c001-r1.*\n/m, '')),
    says: /^trials\/c001-r1\.json is not in the journal as measured, and is not used$/,
  },
])('a trial whose file $name is named and not used; the others are', ({ damage, says }) => {
  const disk = completeRun();
  damage(disk);
  const run = readRun(DIRECTORY, disk);
  const cells = [...run.cells()];
  expect(run.damage).toEqual([expect.stringMatching(says)]);
  expect(run.measured).toEqual(new Set(OTHERS));
  expect(cells.map(({ trials }) => trials.length)).toEqual([0, 1, 1]);
  // Reading again names nothing twice.
  expect([...run.cells()]).toHaveLength(3);
  expect(run.damage).toHaveLength(1);
});

test('a file that may be right but cannot be read is named, and a resume does not measure it anew', () => {
  const disk = completeRun();
  const unreadable = {
    ...disk,
    read: (path: string, bytesMax: number) => {
      if (path === FILE) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
      return disk.read(path, bytesMax);
    },
  };
  const run = readRun(DIRECTORY, unreadable);
  expect(run.damage).toEqual(['trials/c001-r1.json cannot be read (EIO: i/o error)']);
  expect(run.measured).toEqual(new Set(OTHERS));
  const { store } = createFakeMachine().start(unreadable);
  expect(() => resumeSampleRun(store)).toThrow(
    expect.objectContaining({ code: 'RUN_DIRECTORY_UNREADABLE' }),
  );
});

test('a line of the journal that is damaged is named by its number, and only what it said is lost', () => {
  const disk = completeRun();
  const lines = disk.text(JOURNAL).split('\n');
  const index = lines.findIndex((line) => line.includes('"measured"') && line.includes('c001-r1'));
  disk.put(JOURNAL, lines.with(index, `${lines[index]?.slice(0, 30)}\0\0`).join('\n'));
  const run = readRun(DIRECTORY, disk);
  expect(run.damage).toEqual([
    `line ${index + 1} of journal.jsonl cannot be understood and is not used`,
    'trials/c001-r1.json is not in the journal as measured, and is not used',
  ]);
  expect(run.measured).toEqual(new Set(OTHERS));
});

test('a journal that tells of a trial that was never planned is not believed in that', () => {
  const disk = completeRun();
  change(disk, JOURNAL, (text) => text.replaceAll('c001-r1', 'c900-r1'));
  const run = readRun(DIRECTORY, disk);
  expect(run.damage).toEqual([
    'journal.jsonl tells of c900-r1, which is not in the plan and is not used',
    'trials/c001-r1.json is not in the journal as measured, and is not used',
  ]);
});

test('names in the journal never lead out of the directory', () => {
  const disk = completeRun();
  change(disk, JOURNAL, (text) => text.replaceAll('c001-r1', '../../secret'));
  disk.put('/runs/secret.json', '{}');
  const read: string[] = [];
  readRun(DIRECTORY, {
    ...disk,
    read: (path, bytesMax) => {
      read.push(path);
      return disk.read(path, bytesMax);
    },
  });
  expect(read.filter((path) => !path.startsWith(`${DIRECTORY}/`) || path.includes('..'))).toEqual(
    [],
  );
});

test('without its journal nothing of a run is used, which one sentence says', () => {
  const disk = completeRun();
  disk.remove(JOURNAL);
  const run = readRun(DIRECTORY, disk);
  expect(run.damage).toEqual(['journal.jsonl is missing, so none of 3 trial files is used']);
  expect(run.measured.size).toBe(0);
});

test.each<{ name: string; damage: (disk: MemoryFiles) => void; says: string }>([
  { name: 'is missing', damage: (disk) => disk.remove(PLAN), says: 'cannot read' },
  {
    name: 'was cut off',
    damage: (disk) => change(disk, PLAN, (text) => text.slice(0, 500)),
    says: 'it is not JSON',
  },
  {
    name: 'is of a newer version',
    damage: (disk) =>
      change(disk, PLAN, (text) => text.replace('"schemaVersion": 1', '"schemaVersion": 2')),
    says: 'has version 2 of the run directory, and this pool-lab knows versions up to 1',
  },
  {
    name: 'has another plan in it',
    damage: (disk) => change(disk, PLAN, (text) => text.replace('"rounds": 1', '"rounds": 2')),
    says: 'its plan does not have the hash that stands in it',
  },
  {
    name: 'has another machine in it',
    damage: (disk) => change(disk, PLAN, (text) => text.replace('"cores": 2', '"cores": 4')),
    says: 'was altered since the run was begun',
  },
  {
    name: 'has more cells than any sweep',
    damage: (disk) =>
      change(disk, PLAN, (text) =>
        text
          .replace(/"poolSize": \[[^\]]*\]/, `"poolSize": [${upTo(1_000)}]`)
          .replace(/"workers": \[[^\]]*\]/, `"workers": [${upTo(3)}]`),
      ),
    says: 'is damaged: plan.axes: more than 2000 cells',
  },
  {
    name: 'is a plan for something else',
    damage: (disk) => disk.put(PLAN, '{"schemaVersion":1}'),
    says: 'is damaged: planHash: ',
  },
])('a run whose plan $name cannot be read, and says why', ({ damage, says }) => {
  const disk = completeRun();
  damage(disk);
  expect(() => readRun(DIRECTORY, disk)).toThrow(
    expect.objectContaining({
      code: 'RUN_DIRECTORY_UNREADABLE',
      message: expect.stringContaining(says),
    }),
  );
});

test('a file of a trial that failed is named, and takes the place of nothing', () => {
  const disk = createMemoryFiles();
  const writer = createSampleRun(createFakeMachine().start(disk).store);
  const [trial] = TRIALS;
  if (trial === undefined) throw new Error('the plan has a trial');
  writer.started(trial);
  writer.failed(trial, aFailure());
  writer.close();
  disk.put(`${DIRECTORY}/trials/${trial.id}.json`, JSON.stringify(resultOf(trial)));
  const run = readRun(DIRECTORY, disk);
  const states = [...run.cells()].flatMap(({ trials }) => trials.map(({ state }) => state));
  expect(states).toEqual(['failed']);
  expect(run.damage).toEqual([
    `trials/${trial.id}.json is not in the journal as measured, and is not used`,
  ]);
});
