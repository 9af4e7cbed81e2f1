import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { lockRun, type RunLock } from './run-lock.ts';
import { createFakeMachine, type FakeProcess } from './test/fake-machine.ts';
import { createFaultyFiles } from './test/faulty-files.ts';
import { createMemoryFiles } from './test/memory-files.ts';

const DIRECTORY = '/runs';

function world() {
  const disk = createMemoryFiles();
  const machine = createFakeMachine();
  return { disk, machine, start: () => machine.start(disk) };
}

const lock = ({ store }: FakeProcess): RunLock => lockRun(DIRECTORY, store);

test('a lock keeps others out while its owner lives, naming the owner', () => {
  const { start } = world();
  const [first, second] = [start(), start()];
  lock(first);
  expect(() => lock(second)).toThrow(
    expect.objectContaining({
      code: 'RUN_DIRECTORY_IN_USE',
      message: `${DIRECTORY} is in use: process ${first.pid} writes into it`,
    }),
  );
  expect(() => lock(first)).toThrow('is in use');
});

test('a released lock, and that of a process that ended, are taken by the next', () => {
  const { start, disk } = world();
  const [first, second, third] = [start(), start(), start()];
  lock(first).release();
  lock(second);
  second.end();
  lock(third);
  expect(disk.list(DIRECTORY)).toEqual(['lock.3']);
});

test('a process that had the same pid before is not taken for the one that runs now', () => {
  const { start, disk } = world();
  const first = start();
  const stale = { host: 'here', pid: first.pid, startToken: 'earlier', released: false };
  disk.put(`${DIRECTORY}/lock.7`, JSON.stringify(stale));
  const { stateOf } = first.store.owners;
  lockRun(DIRECTORY, {
    files: disk,
    owners: {
      ...first.store.owners,
      stateOf: (owner) => (owner.startToken === 'earlier' ? 'ended' : stateOf(owner)),
    },
  });
  expect(disk.list(DIRECTORY)).toEqual(['lock.8']);
});

test.each([
  {
    name: 'of a process on another host',
    content: '{"host":"elsewhere","pid":7,"startToken":"7","released":false}',
    says: 'process 7 on elsewhere locked it',
  },
  { name: 'that is damaged', content: '{"host":', says: 'lock.1 cannot be understood' },
])('a lock $name is respected, and the remedy told', ({ content, says }) => {
  const { start, disk } = world();
  disk.put(`${DIRECTORY}/lock.1`, content);
  expect(() => lock(start())).toThrow(
    expect.objectContaining({
      code: 'RUN_DIRECTORY_IN_USE',
      message: expect.stringContaining(says),
      hint: expect.stringContaining('delete /runs/lock.1'),
    }),
  );
});

/** What a process does between two calls of another one. */
const RIVALS = ['keeps it', 'releases it', 'is killed', 'takes it twice, and keeps it'] as const;
type Rival = (typeof RIVALS)[number];

/** Locks that were got and neither released nor lost with their owner. */
function createReferee() {
  const holders = new Map<FakeProcess, RunLock>();
  return {
    holders,
    tryLock(process: FakeProcess): void {
      try {
        const got = lock(process);
        expect([...holders.keys()], 'two hold the lock').toEqual([]);
        holders.set(process, got);
      } catch (error) {
        if (!(error instanceof LabError) || error.code !== 'RUN_DIRECTORY_IN_USE') throw error;
      }
    },
    release(process: FakeProcess): void {
      holders.get(process)?.release();
      holders.delete(process);
    },
    kill(process: FakeProcess): void {
      process.end();
      holders.delete(process);
    },
  };
}

/** One process takes a lock that is stale; before one of its calls a rival does, and before one of that one's a third. */
function race({ at, rival, rivalAt }: { at: number; rival: Rival; rivalAt: number | null }) {
  const disk = createMemoryFiles();
  const machine = createFakeMachine();
  const referee = createReferee();
  const stale = machine.start(disk);
  lock(stale);
  stale.end();

  const compete = (process: FakeProcess): void => {
    referee.tryLock(process);
    if (rival === 'is killed') referee.kill(process);
    if (rival === 'keeps it') return;
    referee.release(process);
    if (rival === 'takes it twice, and keeps it') referee.tryLock(process);
  };
  const interrupted = (when: number | null, by: () => void): FakeProcess => {
    const files = createFaultyFiles(disk, null, () => {
      if (files.calls.length === when) by();
    });
    return machine.start(files);
  };
  const third = machine.start(disk);
  const second = interrupted(rivalAt, () => compete(third));
  const files = createFaultyFiles(disk, null, () => {
    if (files.calls.length === at) compete(second);
  });
  const first = machine.start(files);
  referee.tryLock(first);
  return { referee, calls: files.calls.length };
}

test('whoever breaks a stale lock while others do, at most one of them gets it', () => {
  const { calls } = race({ at: -1, rival: 'keeps it', rivalAt: null });
  expect(calls).toBeGreaterThan(8);
  let heldByOne = 0;
  for (const rival of RIVALS) {
    for (let at = 0; at < calls; at += 1) {
      for (let rivalAt = -1; rivalAt < calls; rivalAt += 1) {
        const { referee } = race({ at, rival, rivalAt });
        heldByOne += referee.holders.size;
        if (rival === 'keeps it') expect(referee.holders.size, `${at}, ${rivalAt}`).toBe(1);
      }
    }
  }
  expect(heldByOne).toBeGreaterThan(calls * calls);
});

test('a lock that is taken away again and again is given up on', () => {
  const { disk, machine } = world();
  const rivals = machine.start(disk);
  const files = createFaultyFiles(disk, null, (call) => {
    // Each time just before it would have it.
    if (call.startsWith('link')) lock(rivals).release();
  });
  expect(() => lock(machine.start(files))).toThrow('again and again');
});
