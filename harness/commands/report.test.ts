import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sweepResultSchema } from '../analysis/sweep/sweep-result.ts';
import { LabError } from '../lab-error.ts';
import type { RawFlags } from '../plan/option-table.ts';
import { orderTrials } from '../plan/sweep/trial-order.ts';
import { REPORT_DATA_PLACEHOLDER } from '../report/html/report-data.ts';
import { createFakeMachine } from '../store/test/fake-machine.ts';
import { createMemoryFiles } from '../store/test/memory-files.ts';
import { createSampleRun, DIRECTORY, measureAll, samplePlan } from '../store/test/sample-run.ts';
import { recordingIo } from '../test/recording-io.ts';
import { createReportCommand } from './report.ts';

let place: string;
beforeAll(() => {
  place = mkdtempSync(join(tmpdir(), 'pool-lab-report-'));
});
afterAll(() => {
  rmSync(place, { recursive: true });
});

const files = createMemoryFiles();
const writer = createSampleRun(createFakeMachine().start(files).store);
measureAll(writer, orderTrials(samplePlan()));
writer.close();
const command = createReportCommand({
  files,
  shell: async () => `<html>${REPORT_DATA_PLACEHOLDER}</html>`,
});

async function report(flags: RawFlags, run = DIRECTORY) {
  const io = recordingIo();
  const exitCode = await command.run(flags, io, [run]);
  return { exitCode, stdout: io.stdoutText() };
}

async function refused(flags: RawFlags, run = DIRECTORY): Promise<LabError> {
  const error = await report(flags, run).catch((reason: unknown) => reason);
  if (!(error instanceof LabError)) throw new Error('it was not refused', { cause: error });
  return error;
}

test.each([
  ['terminal', /^hot: no shape of 3 is usable/],
  ['markdown', /^## pool-lab sweep: /],
  ['csv', /^cell,workload,load,/],
  ['json', /^\{\n {2}"schemaVersion": 1,\n {2}"state": "sweep"/],
  ['junit', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites /],
])('%s stands on stdout', async (format, begin) => {
  const { exitCode, stdout } = await report({ format });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(begin);
});

test('without a format it is the terminal report, with --json the JSON', async () => {
  expect((await report({})).stdout).toBe((await report({ format: 'terminal' })).stdout);
  const { stdout } = await report({ json: true });
  expect(sweepResultSchema.parse(JSON.parse(stdout)).cells).toHaveLength(3);
});

test('the same run gives the same report at any time', async () => {
  for (const format of ['terminal', 'markdown', 'csv', 'json', 'junit']) {
    expect((await report({ format })).stdout).toBe((await report({ format })).stdout);
  }
});

test('--out has the whole report, and stdout says where', async () => {
  const out = join(place, 'sweep.xml');
  writeFileSync(out, 'an older one');
  const { stdout } = await report({ format: 'junit', out });
  expect(stdout).toMatch(new RegExp(`^junit report of [\\d.]+ \\w+: ${out}\n$`));
  expect(readFileSync(out, 'utf8')).toBe((await report({ format: 'junit' })).stdout);
  expect(readdirSync(place)).toEqual(['sweep.xml']);
});

test('--json --out says so in JSON', async () => {
  const out = join(place, 'sweep.json');
  const { stdout } = await report({ json: true, out });
  expect(JSON.parse(stdout)).toEqual({
    format: 'json',
    file: out,
    bytes: readFileSync(out).byteLength,
  });
});

test('html is a file: the page with the result inside', async () => {
  const out = join(place, 'sweep.html');
  await report({ format: 'html', out });
  expect(readFileSync(out, 'utf8')).toMatch(/^<html>\{.*"planHash".*\}<\/html>$/s);
});

test('--out - is stdout, for html too', async () => {
  expect((await report({ format: 'csv', out: '-' })).stdout).toBe(
    (await report({ format: 'csv' })).stdout,
  );
  expect((await report({ format: 'html', out: '-' })).stdout).toMatch(
    /^<html>\{.*"planHash".*\}<\/html>$/s,
  );
  expect(existsSync('-')).toBe(false);
});

test('html without --out goes into the run directory', async () => {
  // There is none of that name on this disk, which the error tells.
  const error = await refused({ format: 'html' });
  expect(error).toMatchObject({ code: 'REPORT_UNWRITABLE', exitCode: 8 });
  expect(error.message).toContain(join(DIRECTORY, 'report.html'));
});

test('a link of that name in the run directory is replaced, and what it points to stays', async () => {
  const sent = join(place, 'sent');
  mkdirSync(sent);
  const mine = join(place, 'mine.txt');
  writeFileSync(mine, 'mine');
  symlinkSync(mine, join(sent, 'report.html'));
  const at = (path: string): string => path.replace(sent, DIRECTORY);
  const there = createReportCommand({
    files: {
      ...files,
      list: (path) => files.list(at(path)),
      read: (path, bytesMax) => files.read(at(path), bytesMax),
    },
    shell: async () => `<html>${REPORT_DATA_PLACEHOLDER}</html>`,
  });
  expect(await there.run({ format: 'html' }, recordingIo(), [sent])).toBe(0);
  expect(readFileSync(mine, 'utf8')).toBe('mine');
  expect(readFileSync(join(sent, 'report.html'), 'utf8')).toContain('"planHash"');
});

test('a link that somebody names is followed', async () => {
  const [file, link] = [join(place, 'file.csv'), join(place, 'link.csv')];
  writeFileSync(file, '');
  symlinkSync(file, link);
  await report({ format: 'csv', out: link });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toMatch(/^cell,/);
});

test('no run of that name: what was looked for, and what to name', async () => {
  const error = await refused({}, '/nowhere/at-all');
  expect(error).toMatchObject({ code: 'RUN_DIRECTORY_UNREADABLE', exitCode: 8 });
  expect(error.message).toContain('/nowhere/at-all');
});

test('an unknown format is refused with a guess', async () => {
  const error = await refused({ format: 'markdwon' });
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', exitCode: 2 });
  expect(error.message).toContain('did you mean markdown?');
});

test('--json with another format is refused', async () => {
  expect((await refused({ json: true, format: 'csv' })).message).toContain('contradicts --json');
});

test('a directory, a pipe and a directory that is not there are refused, and stay as they are', async () => {
  mkdirSync(join(place, 'taken'));
  // As /dev/stdout and /dev/null would be, without risking those.
  const pipe = join(place, 'pipe');
  execFileSync('mkfifo', [pipe]);
  for (const out of [
    join(place, 'taken'),
    pipe,
    join(place, 'no', 'such.csv'),
    join(place, 'new/'),
  ]) {
    const error = await refused({ format: 'csv', out });
    expect(error).toMatchObject({ code: 'REPORT_UNWRITABLE' });
    expect(error.message).toContain(out);
  }
  expect(existsSync(join(place, 'no'))).toBe(false);
  expect(lstatSync(pipe).isFIFO()).toBe(true);
  expect(readdirSync(place).filter((name) => name.includes('unfinished'))).toEqual([]);
});

test.each(['', ' '])('--out %j is refused', async (out) => {
  expect((await refused({ out })).message).toContain('is empty');
});
