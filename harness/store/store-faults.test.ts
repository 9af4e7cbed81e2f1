import { expect, test, vi } from 'vitest';
import { LabError } from '../lab-error.ts';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { seededRandom } from '../seeded-random.ts';
import { readRun } from './read-run.ts';
import { createFakeMachine, type FakeMachine } from './test/fake-machine.ts';
import {
  createFaultyFiles,
  FAULTS,
  type Fault,
  type FaultyFiles,
  Killed,
  WRITE_FAULTS,
} from './test/faulty-files.ts';
import { createMemoryFiles, type MemoryFiles } from './test/memory-files.ts';
import {
  aFailure,
  createSampleRun,
  DIRECTORY,
  resultOf,
  runToTheEnd,
  samplePlan,
} from './test/sample-run.ts';

// Some hundred whole runs each: a second on a machine that is free.
vi.setConfig({ testTimeout: 30_000 });

/** What the disk and the machine are like before the run that a fault meets. */
const SITUATIONS = ['nothing there yet', 'a run that was killed'] as const;
type Situation = (typeof SITUATIONS)[number];

const TRIALS = orderTrials(samplePlan());

interface World {
  readonly disk: MemoryFiles;
  readonly machine: FakeMachine;
  /** Trials that a process was told are safe. */
  readonly told: Set<string>;
}

function worldOf(situation: Situation): World {
  const world: World = {
    disk: createMemoryFiles(),
    machine: createFakeMachine(),
    told: new Set(),
  };
  if (situation === 'nothing there yet') return world;
  const dying = createFaultyFiles(world.disk);
  const process = world.machine.start(dying);
  const writer = createSampleRun(process.store);
  const [first, second, third] = TRIALS;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  writer.started(first);
  writer.measured(first, resultOf(first));
  world.told.add(first.id);
  writer.started(second);
  writer.failed(second, aFailure());
  writer.started(third);
  dying.kill();
  process.end();
  // What a kill inside of a write leaves.
  world.disk.put(`${DIRECTORY}/trials/${third.id}.json.tmp`, '{"schema');
  const journal = `${DIRECTORY}/journal.jsonl`;
  world.disk.put(journal, `${world.disk.text(journal)}{"event":"meas`);
  return world;
}

/** One process measures all that is left, on a disk where one call goes wrong. */
function runWith(
  situation: Situation,
  wanted: { readonly at: number; readonly fault: Fault } | null,
): World & { readonly files: FaultyFiles; readonly thrown: unknown } {
  const world = worldOf(situation);
  const files = createFaultyFiles(world.disk, wanted);
  const process = world.machine.start(files);
  const thrown = caught(() => runToTheEnd(process.store, { disk: world.disk, told: world.told }));
  process.end();
  return { ...world, files, thrown };
}

function everyCall(situation: Situation, faults: readonly Fault[], only: RegExp) {
  const { calls } = runWith(situation, null).files;
  return calls.flatMap((call, at) =>
    only.test(call) ? faults.map((fault) => ({ call, at, fault })) : [],
  );
}

function caught(act: () => void): unknown {
  try {
    act();
    return null;
  } catch (error) {
    return error;
  }
}

function expectToldTrialsKept({ disk, told }: World, where: string): void {
  if (told.size === 0) return;
  const run = readRun(DIRECTORY, disk);
  expect(run.damage, where).toEqual([]);
  expect([...run.measured], where).toEqual(expect.arrayContaining([...told]));
}

/** A new process ends the run, and then each trial is there once. */
function expectWholeAfterResume(world: World, where: string): void {
  const process = world.machine.start(world.disk);
  runToTheEnd(process.store, { disk: world.disk });
  process.end();
  const run = readRun(DIRECTORY, world.disk);
  const results = [...run.cells()].flatMap(({ trials }) => trials);
  expect(run.damage, where).toEqual([]);
  expect(run.measured, where).toEqual(new Set(TRIALS.map(({ id }) => id)));
  expect(results.map((trial) => trial.state === 'measured' && trial.result.measuredMs)).toEqual([
    1_001, 2_001, 3_001,
  ]);
  const measured = world.disk.text(`${DIRECTORY}/journal.jsonl`).match(/"measured".*"c\d+-r\d+"/g);
  expect(new Set(measured).size, where).toBe(3);
  expect(measured?.length, where).toBe(3);
  expect(world.disk.list(DIRECTORY).filter((name) => name.endsWith('.tmp'))).toEqual([]);
}

test.each(SITUATIONS)(
  'with %s, whatever call fails: the reason is told, results stay, a resume completes the run',
  (situation) => {
    const cases = [
      ...everyCall(situation, FAULTS, /./),
      ...everyCall(situation, WRITE_FAULTS, /^write/),
    ];
    expect(cases.length).toBeGreaterThan(300);
    for (const { call, at, fault } of cases) {
      const world = runWith(situation, { at, fault });
      const where = `${fault} at call ${at}: ${call}`;
      if (fault.startsWith('killed')) expect(world.thrown, where).toBeInstanceOf(Killed);
      else if (fault === 'half written') expect(world.thrown, where).toBeNull();
      else expectExplained(world.thrown, { where, code: fault.includes('EIO') ? 'EIO' : 'ENOSPC' });
      expectToldTrialsKept(world, where);
      expectWholeAfterResume(world, where);
    }
  },
);

function expectExplained(
  thrown: unknown,
  { where, code }: { readonly where: string; readonly code: string },
): void {
  if (!(thrown instanceof LabError)) throw new Error(`${where}: ${String(thrown)}`);
  expect(['RUN_DIRECTORY_UNWRITABLE', 'RUN_DIRECTORY_UNREADABLE'], where).toContain(thrown.code);
  expect(thrown.message, where).toContain('/runs');
  expect(thrown.message, where).toContain(code);
  expect(thrown.hint, where).not.toBe('');
}

test.each(SITUATIONS)(
  'with %s, what a process was told is safe outlives a loss of power at any call',
  (situation) => {
    const random = seededRandom(1);
    // Nothing that was not synced came to the disk; or some of it did.
    for (const survival of [() => 0, random, random]) {
      for (const { call, at, fault } of everyCall(situation, ['killed afterwards'], /./)) {
        const world = runWith(situation, { at, fault });
        const where = `power lost after call ${at}: ${call}`;
        world.disk.losePower(survival);
        expectToldTrialsKept(world, where);
        expectWholeAfterResume(world, where);
      }
    }
  },
);

test('a run that was resumed after a kill outlives a loss of power as well', () => {
  for (const { call, at, fault } of everyCall('nothing there yet', ['killed before'], /./)) {
    const world = runWith('nothing there yet', { at, fault });
    expectWholeAfterResume(world, call);
    world.disk.losePower();
    const run = readRun(DIRECTORY, world.disk);
    expect(run.measured.size, `killed before call ${at}: ${call}`).toBe(TRIALS.length);
    expect(run.damage).toEqual([]);
  }
});

test('after a failed call nothing more is written, and the directory is free again', () => {
  const disk = createMemoryFiles();
  const machine = createFakeMachine();
  const files = createFaultyFiles(disk, null, (call) => {
    if (full && call.startsWith('write'))
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  });
  let full = false;
  const { store } = machine.start(files);
  const writer = createSampleRun(store);
  const [first, second] = TRIALS;
  if (first === undefined || second === undefined) throw new Error('two');
  full = true;
  expect(() => writer.started(first)).toThrow('full');
  full = false;
  const before = disk.text(`${DIRECTORY}/journal.jsonl`);
  expect(() => writer.measured(first, resultOf(first))).toThrow('full');
  expect(() => writer.failed(second, aFailure())).toThrow('full');
  expect(() => writer.finished()).toThrow('full');
  expect(disk.text(`${DIRECTORY}/journal.jsonl`)).toBe(before);
  writer.close();
  runToTheEnd(store, { disk });
});
