import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { errorDocumentSchema } from './report/error-json.ts';

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url));
const FIXTURE = fileURLToPath(new URL('./test/cli-fixture.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Started {
  readonly child: ChildProcess;
  /** Resolves when stderr has said `started`: the command runs. */
  readonly running: Promise<void>;
  readonly ended: Promise<Ended>;
}

function start(
  script: string,
  line: readonly string[],
  options: { readonly env?: NodeJS.ProcessEnv; readonly stdout?: 'pipe' | number } = {},
): Started {
  const child = spawn(process.execPath, [script, ...line], {
    env: { PATH: process.env['PATH'], ...options.env },
    stdio: ['ignore', options.stdout ?? 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const running = new Promise<void>((resolve) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (stderr.includes('started')) resolve();
    });
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, running, ended };
}

const fixture = (...line: readonly string[]): Promise<Ended> => start(FIXTURE, line).ended;

test('the real command line knows its version, and answers without a database', async () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const version = await start(CLI, ['--version']).ended;
  expect(manifest).toMatchObject({ version: version.stdout.trim() });
  const budget = await start(CLI, ['budget', '--preset', 'fastapi', '--replicas', '6']).ended;
  expect(budget).toMatchObject({ code: 99, stderr: '' });
  expect(budget.stdout).toMatch(/^OVER: 6 replicas/);
});

test('a usage error is told on stderr, stdout stays empty, exit 2', async () => {
  expect(await start(CLI, ['budget', '--pool-sise', '3']).ended).toEqual({
    code: 2,
    signal: null,
    stdout: '',
    stderr:
      'unknown option "--pool-sise"\n→ did you mean --pool-size? pool-lab budget --help lists all\n',
  });
});

test('with --json an error is JSON on stdout, and stderr stays empty', async () => {
  const { code, stdout, stderr } = await start(CLI, ['budget', '--workers', '0', '--json']).ended;
  expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
  expect(errorDocumentSchema.parse(JSON.parse(stdout))).toEqual({
    error: {
      code: 'CONFIG_INVALID',
      message: '--workers "0" is below 1',
      hint: 'give a whole number from 1 to 10000',
    },
  });
});

test('colour only where it is wanted', async () => {
  const line = ['budget', '--preset', 'fastapi'];
  const sgr = '\u001b[';
  expect((await start(CLI, line).ended).stdout).not.toContain(sgr);
  const forced = await start(CLI, line, { env: { FORCE_COLOR: '1' } }).ended;
  expect(forced.stdout).toContain(sgr);
  const refused = await start(CLI, line, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } }).ended;
  expect(refused.stdout).not.toContain(sgr);
});

test('an expected problem is its message and its remedy, with its own exit code', async () => {
  expect(await fixture('problem')).toEqual({
    code: 3,
    signal: null,
    stdout: '',
    stderr: 'port 8080 is taken\n→ give another\n',
  });
});

test('a bug keeps its stack, exit 1, and is JSON too where JSON is wanted', async () => {
  const { code, stdout, stderr } = await fixture('bug', '--json');
  expect(code).toBe(1);
  expect(stderr).toMatch(/TypeError: undefined is not a pool\n {4}at .*cli-fixture\.ts/);
  expect(errorDocumentSchema.parse(JSON.parse(stdout))).toMatchObject({
    error: { code: 'INTERNAL', message: 'undefined is not a pool' },
  });
});

test('everything written leaves the process before it ends, however slow the reader', async () => {
  const { child, ended } = start(FIXTURE, ['big']);
  child.stdout?.pause();
  setImmediate(() => child.stdout?.resume());
  const { code, stdout } = await ended;
  expect({ code, length: stdout.length }).toEqual({ code: 99, length: 6_000_000 });
});

test('a reader that goes away ends it as SIGPIPE would, silently', async () => {
  const { child, ended } = start(FIXTURE, ['big']);
  child.stdout?.destroy();
  expect(await ended).toMatchObject({ code: 141, stderr: '' });
});

test.runIf(existsSync('/dev/full'))('output that cannot be written is told, exit 8', async () => {
  const { code, stderr } = await start(FIXTURE, ['big'], { stdout: openSync('/dev/full', 'w') })
    .ended;
  expect(code).toBe(8);
  expect(stderr).toMatch(/^stdout cannot be written: .*ENOSPC.*\n→ /);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s keeps what was measured, and the process ends by it',
  async (signal) => {
    const { child, running, ended } = start(FIXTURE, ['measure']);
    await running;
    child.kill(signal);
    expect(await ended).toMatchObject({
      code: null,
      signal,
      stdout: 'INCOMPLETE: kept what was measured\n',
    });
  },
);

test('an abort that a command lets through is no error: the signal is the answer', async () => {
  const { child, running, ended } = start(FIXTURE, ['let-through']);
  await running;
  child.kill('SIGINT');
  expect(await ended).toEqual({ code: null, signal: 'SIGINT', stdout: '', stderr: 'started\n' });
});

test('a second signal does not wait for a command that ignores the first', async () => {
  const { child, running, ended } = start(FIXTURE, ['ignore']);
  await running;
  child.kill('SIGINT');
  child.kill('SIGTERM');
  expect((await ended).stderr).toBe('started\n');
});

test('a command that ignores its abort is ended at the deadline', async () => {
  const { child, running, ended } = start(FIXTURE, ['ignore']);
  await running;
  child.kill('SIGTERM');
  const { signal, stderr } = await ended;
  expect({ signal, stderr }).toEqual({
    signal: 'SIGTERM',
    stderr: 'started\nnot stopped 0.3 s after SIGTERM: giving up\n',
  });
});

test('a promise that nobody awaited is a bug with its stack, exit 1', async () => {
  const { code, stderr } = await fixture('floating');
  expect(code).toBe(1);
  expect(stderr).toMatch(/Error: nobody waits for me, .*\n {4}at /);
});

test.each(['leak', 'leaky-bug', 'floating'])('%s: no secret leaves by any output', async (name) => {
  for (const line of [[name], [name, '--json']]) {
    const { stdout, stderr } = await fixture(...line);
    const everything = stdout + stderr;
    expect(everything).toContain('[redacted]');
    expect(everything).not.toContain('canary');
    expect(everything).not.toContain('other-secret');
  }
});
