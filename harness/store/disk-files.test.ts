import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { createRedactor } from '../report/redactor.ts';
import { createRun } from './create-run.ts';
import { DISK_FILES } from './disk-files.ts';
import { readRun } from './read-run.ts';
import { resumeRun } from './resume-run.ts';
import { MACHINE_STORE } from './store-deps.ts';
import { MACHINE, measureAll, samplePlan } from './test/sample-run.ts';

let parent = '';
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'pool-lab-store-'));
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

const redactor = createRedactor();
const input = () => ({
  directory: join(parent, 'a', 'run'),
  plan: samplePlan(),
  machine: MACHINE,
  redactor,
  store: MACHINE_STORE,
});

function completeRun(): string {
  const writer = createRun(input());
  measureAll(writer, orderTrials(samplePlan()));
  writer.close();
  return input().directory;
}

const refusedWith = (code: string) => expect.objectContaining({ code });

test('a run on a real disk is written, locked, resumed and read', () => {
  const first = createRun(input());
  expect(() => resumeRun(input())).toThrow(`process ${process.pid} writes into it`);
  first.close();
  const { writer, pending } = resumeRun(input());
  measureAll(writer, pending);
  writer.close();
  const run = readRun(input().directory, DISK_FILES);
  expect(run.damage).toEqual([]);
  expect([...run.cells()].flatMap(({ trials }) => trials)).toHaveLength(3);
  expect(statSync(join(input().directory, 'plan.json')).mode & 0o022).toBe(0);
});

test('a link in the place of a trial, of the journal or of the plan is not followed', () => {
  const directory = completeRun();
  const swap = (name: string): void => {
    renameSync(join(directory, name), join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), join(directory, name));
  };
  swap('trials/c001-r1.json');
  expect(readRun(directory, DISK_FILES).damage).toEqual([
    'trials/c001-r1.json is a link, which is not followed, and is not used',
  ]);
  swap('journal.jsonl');
  expect(() => readRun(directory, DISK_FILES)).toThrow(refusedWith('RUN_DIRECTORY_UNREADABLE'));
  expect(() => DISK_FILES.openToAppend(join(directory, 'journal.jsonl'))).toThrow(
    refusedWith('ELOOP'),
  );
  swap('plan.json');
  expect(() => readRun(directory, DISK_FILES)).toThrow(refusedWith('RUN_DIRECTORY_UNREADABLE'));
});

test('trials are not written through a link to another directory', () => {
  const { directory } = input();
  createRun(input()).close();
  const elsewhere = join(parent, 'elsewhere');
  renameSync(join(directory, 'trials'), elsewhere);
  writeFileSync(join(elsewhere, 'mine.tmp'), 'mine');
  symlinkSync(elsewhere, join(directory, 'trials'));
  expect(() => resumeRun(input())).toThrow(refusedWith('RUN_DIRECTORY_UNREADABLE'));
  expect(readFileSync(join(elsewhere, 'mine.tmp'), 'utf8')).toBe('mine');
});

test('a pipe or a directory in the place of a trial is named, and nobody waits for it', () => {
  const directory = completeRun();
  rmSync(join(directory, 'trials', 'c001-r1.json'));
  spawnSync('mkfifo', [join(directory, 'trials', 'c001-r1.json')]);
  rmSync(join(directory, 'trials', 'c002-r1.json'));
  mkdirSync(join(directory, 'trials', 'c002-r1.json'));
  expect(readRun(directory, DISK_FILES).damage.toSorted()).toEqual([
    'trials/c001-r1.json is not a regular file, and is not used',
    'trials/c002-r1.json is not a regular file, and is not used',
  ]);
});

test('a new file replaces nothing, be it a link to nowhere', () => {
  symlinkSync(join(parent, 'nowhere'), join(parent, 'link'));
  expect(() => DISK_FILES.create(join(parent, 'link'))).toThrow(refusedWith('EEXIST'));
  expect(() => DISK_FILES.read('/dev/zero', 10)).toThrow(refusedWith('EINVAL'));
  writeFileSync(join(parent, 'long'), 'x'.repeat(11));
  expect(() => DISK_FILES.read(join(parent, 'long'), 10)).toThrow(refusedWith('EFBIG'));
});

test('a path that cannot be a directory is refused with the reason', () => {
  writeFileSync(join(parent, 'a'), 'a file');
  expect(() => createRun(input())).toThrow(refusedWith('RUN_DIRECTORY_UNWRITABLE'));
});
