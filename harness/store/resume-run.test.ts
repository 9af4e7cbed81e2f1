import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { readRun } from './read-run.ts';
import { sha256 } from './sha256.ts';
import { createFakeMachine } from './test/fake-machine.ts';
import { createMemoryFiles } from './test/memory-files.ts';
import {
  aFailure,
  createSampleRun,
  DIRECTORY,
  MACHINE,
  measureAll,
  resultOf,
  resumeSampleRun,
  samplePlan,
} from './test/sample-run.ts';

const TRIALS = orderTrials(samplePlan());

/** The first trial measured, the second failed, the third begun; then the process was killed. */
function interruptedRun() {
  const disk = createMemoryFiles();
  const machine = createFakeMachine();
  const process = machine.start(disk);
  const writer = createSampleRun(process.store);
  const [first, second, third] = TRIALS;
  if (first === undefined || second === undefined || third === undefined) throw new Error('three');
  writer.started(first);
  writer.measured(first, resultOf(first));
  writer.started(second);
  writer.failed(second, aFailure());
  writer.started(third);
  process.end();
  return { disk, machine, store: machine.start(disk).store };
}

function refusal(act: () => unknown): LabError {
  try {
    act();
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

test('what failed and what was only started is measured again, in the order of the plan', () => {
  const { store } = interruptedRun();
  const { pending, plan, measuredCount, damage } = resumeSampleRun(store);
  expect(pending).toEqual(TRIALS.slice(1));
  expect(plan).toEqual(samplePlan());
  expect(measuredCount).toBe(1);
  expect(damage).toEqual([]);
});

test('a trial that failed first and was measured at a resume counts as measured', () => {
  const { store, disk } = interruptedRun();
  const { writer, pending } = resumeSampleRun(store);
  measureAll(writer, pending);
  writer.close();
  const trials = [...readRun(DIRECTORY, disk).cells()].flatMap((cell) => cell.trials);
  expect(trials.map(({ state }) => state)).toEqual(['measured', 'measured', 'measured']);
});

test('a complete run has nothing left to measure', () => {
  const { store } = interruptedRun();
  const resumed = resumeSampleRun(store);
  measureAll(resumed.writer, resumed.pending);
  resumed.writer.close();
  expect(resumeSampleRun(store).pending).toEqual([]);
});

test('a measured trial whose file was altered is named and measured anew', () => {
  const { store, disk } = interruptedRun();
  const file = `trials/${TRIALS[0]?.id}.json`;
  disk.put(`${DIRECTORY}/${file}`, '{}');
  const { pending, damage, writer } = resumeSampleRun(store);
  expect(pending).toEqual(TRIALS);
  expect(damage).toEqual([
    `${file} is not what was measured: it was altered or cut off, and is not used`,
  ]);
  measureAll(writer, pending);
  writer.close();
  expect(readRun(DIRECTORY, disk).damage).toEqual([]);
});

test('one that no report could use is measured anew, so that the run can be completed', () => {
  const { store, disk } = interruptedRun();
  const file = `trials/${TRIALS[0]?.id}.json`;
  const before = disk.text(`${DIRECTORY}/${file}`);
  const altered = before.replace('"verdict":"VALID"', '"verdict":"FINE"');
  disk.put(`${DIRECTORY}/${file}`, altered);
  const journal = `${DIRECTORY}/journal.jsonl`;
  disk.put(journal, disk.text(journal).replace(sha256(before), sha256(altered)));
  const { pending, measuredCount, damage, writer } = resumeSampleRun(store);
  expect({ pending, measuredCount }).toEqual({ pending: TRIALS, measuredCount: 0 });
  expect(damage).toEqual([expect.stringContaining(`${file} is no result of a trial: verdict`)]);
  measureAll(writer, pending);
  writer.close();
  expect(readRun(DIRECTORY, disk).damage).toEqual([]);
});

test('a plan whose thresholds nobody understands is not gone on with', () => {
  const { store } = createFakeMachine().start(createMemoryFiles());
  const { base } = samplePlan();
  createSampleRun(store, samplePlan({ base: { ...base, thresholds: ['latency.p9<1ms'] } })).close();
  expect(refusal(() => resumeSampleRun(store))).toMatchObject({
    code: 'RUN_DIRECTORY_UNREADABLE',
    message: expect.stringMatching(/plan\.json has a threshold, "latency\.p9<1ms", that /),
  });
});

test('the same plan in other words goes on', () => {
  const { store } = interruptedRun();
  const plan = samplePlan({ settings: { 'pool-size': ['1,2,3'] } });
  expect(resumeSampleRun(store, { plan }).pending).toHaveLength(2);
});

test('another plan, version or machine is refused, naming each difference with both values', () => {
  const { store, disk } = interruptedRun();
  const before = disk.text(`${DIRECTORY}/journal.jsonl`);
  const { axes, base } = samplePlan();
  const [load] = axes.load;
  if (load?.kind !== 'closed') throw new Error('the sample is a closed load');
  const error = refusal(() =>
    resumeSampleRun(store, {
      plan: samplePlan({
        axes: {
          ...axes,
          poolSize: [1, 2],
          workload: ['hot', 'point'],
          load: [{ ...load, connections: 8 }],
        },
        base: { ...base, durationMs: 5_000, gates: { ...base.gates }, thresholds: ['rate>1'] },
        rounds: 3,
      }),
      machine: { ...MACHINE, poolLabVersion: '0.2.0', cores: 4 },
    }),
  );
  expect(error.code).toBe('RESUME_REFUSED');
  expect(error.message.split(': ').slice(1).join(': ').split('; ')).toEqual([
    'workload: hot there, hot,point here',
    `load[0].connections: ${load.connections} there, 8 here`,
    'poolSize: 1,2,3 there, 1,2 here',
    `durationMs: ${base.durationMs} there, 5000 here`,
    'thresholds: none there, rate>1 here',
    'rounds: 1 there, 3 here',
    'poolLabVersion: 0.1.0 there, 0.2.0 here',
    'cores: 2 there, 4 here',
  ]);
  // Nothing was touched, not even the lock.
  expect(disk.text(`${DIRECTORY}/journal.jsonl`)).toBe(before);
  expect(resumeSampleRun(store).pending).toHaveLength(2);
});

test('every field of a plan and of a machine is held against the other', () => {
  const { store } = interruptedRun();
  const there = samplePlan();
  for (const path of leafPaths(there)) {
    if (/^(schemaVersion|settings)/.test(path)) continue;
    // What the base says of an axis is the axis's first value, so the axis tells.
    if (
      /^base\.(workers|workload$|pool\.(kind|poolSize|maxOverflow)|load\.model|distance\.rttMs)/.test(
        path,
      )
    )
      continue;
    if (path === 'base.postgres.maxConnections') continue;
    const plan: typeof there = JSON.parse(JSON.stringify(there));
    setAt(plan, path.split('.'));
    const { code, message } = refusal(() => resumeSampleRun(store, { plan }));
    expect(code, path).toBe('RESUME_REFUSED');
    expect(message.match(/ there, /g), path).toHaveLength(1);
  }
  for (const key of Object.keys(MACHINE)) {
    const { message } = refusal(() =>
      resumeSampleRun(store, { machine: { ...MACHINE, [key]: 'other' } }),
    );
    expect(message).toContain(`${key}: `);
  }
});

function leafPaths(value: unknown, path: readonly string[] = []): readonly string[] {
  if (typeof value !== 'object' || value === null) return [path.join('.')];
  return Object.entries(value).flatMap(([key, inner]) => leafPaths(inner, [...path, key]));
}

/** Changes the value there into one that nothing else has. */
function setAt(target: unknown, [key, ...rest]: readonly string[]): void {
  if (typeof target !== 'object' || target === null || key === undefined)
    throw new Error('no leaf');
  if (rest.length === 0) Object.assign(target, { [key]: 'something else' });
  else setAt(Reflect.get(target, key), rest);
}

test('while its process lives, a run cannot be taken up by another', () => {
  const { store, machine, disk } = interruptedRun();
  const { writer } = resumeSampleRun(store);
  const other = machine.start(disk).store;
  expect(refusal(() => resumeSampleRun(other)).code).toBe('RUN_DIRECTORY_IN_USE');
  expect(readRun(DIRECTORY, disk).measured.size).toBe(1);
  writer.close();
  expect(resumeSampleRun(other).pending).toHaveLength(2);
});

test('a directory that is no run is not taken up', () => {
  const disk = createMemoryFiles();
  const { store } = createFakeMachine().start(disk);
  expect(refusal(() => resumeSampleRun(store))).toMatchObject({
    code: 'RUN_DIRECTORY_UNREADABLE',
    hint: expect.stringContaining('pool-lab sweep'),
  });
  expect(disk.list('/runs')).toEqual([]);
});
