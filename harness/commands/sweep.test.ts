import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweepResultSchema } from '../analysis/sweep/sweep-result.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { type ErrorCode, LabError } from '../lab-error.ts';
import type { RawFlags } from '../plan/option-table.ts';
import type { PlannedTrial } from '../plan/sweep/trial-order.ts';
import { fakeDocker } from '../postgres/test/fake-docker.ts';
import { REPORT_DATA_PLACEHOLDER } from '../report/html/report-data.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';
import { createFakeMeasurer, fakeTrial } from '../test/fake-sweep.ts';
import { recordingIo } from '../test/recording-io.ts';
import { createSweepCommand, type SweepParts } from './sweep.ts';

const SHELL = `<script type="application/json">${REPORT_DATA_PLACEHOLDER}</script>`;
const PLAN: RawFlags = { workload: 'hot', workers: '1,2', poolSize: '2,8', rounds: '2' };

let base: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'pool-lab-sweep-'));
});
afterEach(() => rmSync(base, { recursive: true }));

const runPath = (): string => join(base, 'run');
const problem = (code: ErrorCode): LabError =>
  new LabError(code, { message: `${code} it is`, hint: `mend ${code}` });

interface Situation {
  readonly flags?: RawFlags;
  readonly env?: Record<string, string>;
  readonly isTty?: boolean;
  readonly measure?: (trial: PlannedTrial, stop: AbortController) => MeasuredTrial;
  readonly shell?: SweepParts['shell'];
  readonly store?: SweepParts['store'];
}

/** The command as the process runs it, on a load model without any time. */
async function sweep({ flags = {}, env = {}, isTty = false, ...fakes }: Situation = {}) {
  const stop = new AbortController();
  const io = recordingIo({ env, isTty, signal: stop.signal, columns: 200 });
  const measured: string[] = [];
  const on: string[] = [];
  const command = createSweepCommand({
    createMeasurer: ({ postgres }) => {
      on.push(postgres.kind);
      return createFakeMeasurer((trial) => {
        const result = (fakes.measure ?? fakeTrial)(trial, stop);
        if (!stop.signal.aborted) measured.push(trial.id);
        return result;
      });
    },
    store: fakes.store ?? MACHINE_STORE,
    shell: fakes.shell ?? (() => Promise.resolve(SHELL)),
    nowMs: () => performance.now(),
  });
  const given: RawFlags =
    flags['resume'] === undefined ? { config: 'none', ...PLAN, out: runPath(), ...flags } : flags;
  const outcome = await command.run(given, io, []).catch((error: unknown) => error);
  return { outcome, measured, on, stdout: io.stdoutText(), stderr: io.stderrText() };
}

const resume = (given: Situation = {}) =>
  sweep({ ...given, flags: { ...given.flags, resume: runPath() } });

/** Stops the sweep while the n-th trial is measured. */
function stoppingAt(position: number): NonNullable<Situation['measure']> {
  let count = 0;
  return (trial, stop) => {
    count += 1;
    if (count === position) stop.abort();
    return fakeTrial(trial);
  };
}

test.each([
  [{}, 'embedded'],
  [{ postgres: 'docker' }, 'docker'],
])('with %j the PostgreSQL that was asked for is measured', async (flags, kind) => {
  await using engine = await fakeDocker(() => ({ status: 200, body: { Version: '28.2.2' } }));
  const env = { DOCKER_HOST: `unix://${engine.socketPath}` };
  expect((await sweep({ flags, env })).on).toEqual([kind]);
});

test('without the Docker that its database needs it leaves no directory', async () => {
  const env = { DOCKER_HOST: `unix://${join(base, 'nobody.sock')}` };
  const { outcome } = await sweep({ flags: { postgres: 'docker' }, env });
  expect(outcome).toMatchObject({ code: 'DOCKER_UNAVAILABLE' });
  expect(existsSync(runPath())).toBe(false);
});

test('without the pooler that its plan needs it leaves no directory', async () => {
  const path = join(base, 'bin');
  mkdirSync(path);
  // Found before those of packages, and none.
  writeFileSync(join(path, 'pgbouncer'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const { outcome } = await sweep({ flags: { pooler: 'pgbouncer' }, env: { PATH: path } });
  expect(outcome).toMatchObject({ code: 'PGBOUNCER_MISSING' });
  expect(existsSync(runPath())).toBe(false);
});

test('it says what it is going to do, measures all, answers on stdout and leaves a page', async () => {
  const { outcome, measured, stdout, stderr } = await sweep();
  expect(outcome).toBe(0);
  expect(measured).toHaveLength(8);
  expect(new Set(measured).size).toBe(8);
  expect(stdout).toMatch(/^hot: 1 × \(2\+10\) answers /);
  expect(stdout).not.toContain('INCOMPLETE');
  expect(stderr).toMatch(/^SWEEP +2 numbers of workers × 2 values of pool_size = 4 cells/);
  expect(stderr).toMatch(/\n8\/8 round 2, /);
  expect(readFileSync(join(runPath(), 'report.html'), 'utf8')).toContain('"planHash":');
});

test('with --json, stdout is one result that the schema describes, and nothing else', async () => {
  const { outcome, stdout, stderr } = await sweep({ flags: { json: true } });
  expect(outcome).toBe(0);
  const result = sweepResultSchema.parse(JSON.parse(stdout));
  expect(result).toMatchObject({ trials: { planned: 8, measured: 8, failed: 0 } });
  expect(stderr).toContain('8/8');
});

test('stopped in the middle: the report is marked incomplete and says how to go on', async () => {
  const { measured, stdout, stderr } = await sweep({ measure: stoppingAt(4) });
  expect(measured).toHaveLength(3);
  expect(stdout).toMatch(/^INCOMPLETE: 3 of 8 trials measured/);
  expect(stdout).toContain(`npx pool-lab sweep --resume ${runPath()}\n`);
  expect(stderr).toContain(`3 trials of 8 measured, 5 missing\n→ to measure what is missing: npx`);
  expect(existsSync(join(runPath(), 'report.html'))).toBe(false);
});

test('going on measures the rest, each trial once, and reports the whole', async () => {
  const first = await sweep({ measure: stoppingAt(4) });
  const second = await resume();
  expect(second.outcome).toBe(0);
  expect(second.measured).toHaveLength(5);
  expect(new Set([...first.measured, ...second.measured]).size).toBe(8);
  expect(second.stderr).toContain('3 of 8 trials measured, 5 to come');
  expect(second.stderr).toMatch(/\n4\/8 round 1, /);
  expect(second.stdout).toMatch(/^hot: /);
});

test('a link in the place of the page is replaced, and what it points to stays', async () => {
  await sweep();
  const mine = join(base, 'mine.txt');
  writeFileSync(mine, 'mine');
  rmSync(join(runPath(), 'report.html'));
  symlinkSync(mine, join(runPath(), 'report.html'));
  expect((await resume()).outcome).toBe(0);
  expect(readFileSync(mine, 'utf8')).toBe('mine');
  expect(readFileSync(join(runPath(), 'report.html'), 'utf8')).toContain('"planHash":');
});

test('a complete run that is gone on with says so, and prints its report again', async () => {
  const first = await sweep();
  const again = await resume();
  expect(again).toMatchObject({ outcome: 0, measured: [], stdout: first.stdout });
  expect(again.stderr).toContain('is complete: all 8 trials are measured');
});

test('going on with another plan is refused, naming what differs; with the same one it is not', async () => {
  await sweep({ measure: stoppingAt(4) });
  const other = await resume({ flags: { ...PLAN, config: 'none', workers: '1' } });
  expect(other.outcome).toMatchObject({
    code: 'RESUME_REFUSED',
    message: expect.stringContaining('workers: 1,2 there, 1 here'),
  });
  expect(other.measured).toEqual([]);
  const same = await resume({ flags: { ...PLAN, config: 'none', workers: '1..2' } });
  expect(same).toMatchObject({ outcome: 0 });
  expect(same.measured).toHaveLength(5);
});

test('variables that describe another plan do not keep a run from being gone on with', async () => {
  await sweep({ measure: stoppingAt(4) });
  const { outcome, measured } = await resume({ env: { POOL_LAB_WORKERS: 'many' } });
  expect(outcome).toBe(0);
  expect(measured).toHaveLength(5);
});

test('stopped before anything was measured, there is no report, but a way to go on', async () => {
  const { stdout, stderr } = await sweep({
    measure: stoppingAt(1),
    flags: { directory: '/var/tmp/other place' },
  });
  expect(stdout).toBe('');
  expect(stderr).toMatch(
    /stopped before any trial was measured\n→ to go on: npx pool-lab sweep --resume \S+ --directory '\/var\/tmp\/other place'\n$/,
  );
});

test('a trial that failed: the report comes all the same, the exit code is the error’s, and it is tried again', async () => {
  let count = 0;
  const { outcome, stdout, stderr } = await sweep({
    measure: (trial) => {
      count += 1;
      if (count === 3) throw problem('POSTGRES_DIED');
      return fakeTrial(trial);
    },
  });
  expect(outcome).toBe(4);
  expect(stdout).toMatch(/^1 TRIAL FAILED/);
  expect(stderr).toContain('POSTGRES_DIED it is\n→ mend POSTGRES_DIED\n');
  expect(stderr).toContain('7 trials of 8 measured, 1 missing\n→ to measure what is missing: ');
  const finished = (): boolean =>
    readFileSync(join(runPath(), 'journal.jsonl'), 'utf8').includes('"finished"');
  expect(finished()).toBe(false);
  const again = await resume();
  expect(again.outcome).toBe(0);
  expect(again.measured).toHaveLength(1);
  expect(finished()).toBe(true);
});

test('given up after failures in a row: what was measured is reported, and the last failure told', async () => {
  let count = 0;
  const { outcome, stdout, stderr } = await sweep({
    measure: (trial) => {
      count += 1;
      if (count > 1) throw problem('LOAD_PROCESS_FAILED');
      return fakeTrial(trial);
    },
  });
  expect(outcome).toBe(3);
  expect(count).toBe(4);
  expect(stdout).toMatch(/^INCOMPLETE: 1 of 8 trials measured, 3 TRIALS FAILED/);
  expect(stderr).toContain('LOAD_PROCESS_FAILED it is\n→ mend LOAD_PROCESS_FAILED\n');
});

test('a disk that is full ends the sweep: what was kept is reported, and gone on with later', async () => {
  let created = 0;
  const full = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
  const { outcome, measured, stdout, stderr } = await sweep({
    store: {
      ...MACHINE_STORE,
      files: {
        ...MACHINE_STORE.files,
        create: (path) => {
          if (path.includes('trials')) created += 1;
          if (path.includes('trials') && created > 3) throw full;
          return MACHINE_STORE.files.create(path);
        },
      },
    },
  });
  expect(outcome).toBe(8);
  expect(measured).toHaveLength(4);
  expect(stdout).toMatch(/^INCOMPLETE: 3 of 8 trials measured/);
  expect(stderr).toContain('ENOSPC');
  expect((await resume()).measured).toHaveLength(5);
});

test('a workload that the API refuses stops the sweep at its first trial', async () => {
  let count = 0;
  const { outcome, stdout } = await sweep({
    measure: () => {
      count += 1;
      throw problem('CONFIG_INVALID');
    },
  });
  expect(outcome).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(count).toBe(1);
  expect(stdout).toBe('');
});

test('a page that cannot be built is a warning with its remedy, and the sweep a success', async () => {
  const { outcome, stdout, stderr } = await sweep({
    shell: () => Promise.reject(problem('REPORT_SHELL_FAILED')),
  });
  expect(outcome).toBe(0);
  expect(stdout).toMatch(/^hot: /);
  expect(stderr).toMatch(
    /no page was made: REPORT_SHELL_FAILED it is\n→ mend REPORT_SHELL_FAILED\n$/,
  );
});

test('a page without room is offered elsewhere, by the command that makes it', async () => {
  const { outcome, stderr } = await sweep({
    shell: () => {
      mkdirSync(join(runPath(), 'report.html'));
      return Promise.resolve(SHELL);
    },
  });
  expect(outcome).toBe(0);
  expect(stderr).toMatch(
    /no page was made: cannot write the report \S+\n?.*\n→ make it where there is room: npx pool-lab report \S+ --format html --out FILE\n$/,
  );
});

test('a threshold that no cell meets exits 99, one that some cell meets does not', async () => {
  const withThreshold =
    (met: (trial: PlannedTrial) => boolean) =>
    (trial: PlannedTrial): MeasuredTrial => ({
      ...fakeTrial(trial),
      thresholds: [{ expression: 'lost==0', met: met(trial), detail: '' }],
    });
  const flags = { threshold: ['lost==0'] };
  const none = await sweep({ flags, measure: withThreshold(() => false) });
  expect(none.outcome).toBe(99);
  rmSync(runPath(), { recursive: true });
  const one = await sweep({ flags, measure: withThreshold(({ cell }) => cell.id === 'c002') });
  expect(one.outcome).toBe(0);
});

test('under GitHub Actions the job summary gets the report, below what is there', async () => {
  const summary = join(base, 'summary.md');
  writeFileSync(summary, '# before');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
  expect((await sweep({ env })).outcome).toBe(0);
  const text = readFileSync(summary, 'utf8');
  expect(text).toMatch(/^# before\n## pool-lab sweep: /);
});

test.each([
  ['not under GitHub Actions', { GITHUB_STEP_SUMMARY: '/nowhere/summary.md' }, ''],
  [
    'where it cannot be written',
    { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: '/nowhere/summary.md' },
    'the job summary could not be written: ENOENT',
  ],
] as const)('%s, the job summary fails nothing', async (_, env, says) => {
  const { outcome, stderr } = await sweep({ env });
  expect(outcome).toBe(0);
  expect(stderr).toContain(says);
  expect(stderr.includes('job summary')).toBe(says !== '');
});

test('a job summary with little room gets a short report, a full one a sentence', async () => {
  const mebibyte = 1_024 * 1_024;
  for (const [room, says] of [
    [4_200, ''],
    [4_000, 'is full'],
  ] as const) {
    const summary = join(base, 'summary.md');
    writeFileSync(summary, 'x'.repeat(mebibyte - room));
    const env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary };
    const { stderr } = await sweep({ env });
    const { length } = readFileSync(summary);
    expect(length).toBeLessThanOrEqual(mebibyte);
    expect(length > mebibyte - room).toBe(says === '');
    expect(stderr).toContain(says);
    rmSync(runPath(), { recursive: true });
  }
});

test('a terminal sees the live block, a build server with a terminal lines', async () => {
  const erased = '\u001b[J';
  expect((await sweep({ isTty: true })).stderr).toContain(erased);
  rmSync(runPath(), { recursive: true });
  expect((await sweep({ isTty: true, env: { CI: 'true' } })).stderr).not.toContain(erased);
  rmSync(runPath(), { recursive: true });
  expect((await sweep({ isTty: true, env: { TERM: 'dumb' } })).stderr).not.toContain(erased);
});

test('a run directory that is used is not written into', async () => {
  writeFileSync(join(base, 'mine.txt'), 'mine');
  const { outcome, measured } = await sweep({ flags: { out: base } });
  expect(outcome).toMatchObject({ code: 'RUN_DIRECTORY_EXISTS' });
  expect(measured).toEqual([]);
});

const SERVICE_PLAN: RawFlags = {
  ...{ workload: undefined, workers: '1,2', poolSize: '2,8', rounds: '2', shell: true },
  command: 'node server.js --port {port} --workers {workers}',
  env: ['SIZE={poolSize}', 'MODE=its own'],
};

test('a run that starts a program is gone on with where that is given once more, and not otherwise', async () => {
  const first = await sweep({ flags: SERVICE_PLAN, measure: stoppingAt(4) });
  const goOn = `npx pool-lab sweep --resume ${runPath()} --command 'node server.js --port {port} --workers {workers}' --shell --env 'MODE=its own' --env 'SIZE={poolSize}'`;
  expect(first.stderr).toContain(`→ to measure what is missing: ${goOn}\n`);
  expect(first.stdout).toContain(goOn);

  const { command, env } = SERVICE_PLAN;
  for (const flags of [{}, { command }, { command, env }, { command: 'node other.js', env }]) {
    const { outcome, measured } = await resume({ flags });
    expect(outcome).toMatchObject({ code: 'RESUME_REFUSED' });
    expect(outcome).toMatchObject({ hint: expect.stringContaining(goOn) });
    expect(measured).toEqual([]);
  }
  const variables = { POOL_LAB_COMMAND: String(command) };
  expect((await resume({ env: variables })).outcome).toMatchObject({ code: 'RESUME_REFUSED' });

  const again = await resume({ flags: { command, env, shell: true } });
  expect(again).toMatchObject({ outcome: 0 });
  expect(again.measured).toHaveLength(5);
  // Nothing is started any more.
  expect((await resume()).outcome).toBe(0);
});

test('a run that starts no program takes none to go on with', async () => {
  await sweep({ measure: stoppingAt(4) });
  const { outcome, measured } = await resume({ flags: { command: 'node server.js' } });
  expect(outcome).toMatchObject({ code: 'RESUME_REFUSED' });
  expect(measured).toEqual([]);
});
