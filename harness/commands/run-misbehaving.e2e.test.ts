import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { listProcesses } from '../process-table.ts';
import { startCli } from '../test/cli-child.ts';

const SERVICE = fileURLToPath(new URL('../test/run-misbehaving-service.ts', import.meta.url));
const evidenceSchema = z.object({ password: z.string(), inArguments: z.array(z.string()) });

const ENVIRONMENT = EXIT_CODE.environment;
const INVALID = EXIT_CODE.invalidMeasurement;
const SLOW_START_MS = 500;
const LINES_OF_A_REQUEST = 100;

interface Misbehaviour {
  readonly how: string;
  readonly options?: readonly string[];
  readonly code: number;
  /** Of the answer on stdout, or of the problem on stderr. */
  readonly firstLine: RegExp;
  readonly also?: RegExp;
}

/** What does not even begin, and each other way of not beginning, has tests of its own beside the service's process. */
const MISBEHAVIOURS: readonly Misbehaviour[] = [
  {
    how: 'traceback',
    code: ENVIRONMENT,
    firstLine: /^the service ended by itself before it was ready \(exit code 1\)$/,
    also: /Error: cannot connect with postgresql:\/\/.*\[redacted\]/,
  },
  {
    how: 'another port',
    options: ['--ready-timeout', '1s'],
    code: ENVIRONMENT,
    firstLine: /^the service listens on \d+, not on \d+, which \{port\} stands for$/,
  },
  {
    how: '500 to everything',
    options: ['--ready-timeout', '3s'],
    code: ENVIRONMENT,
    firstLine: /^the service answers \/ with status 500, for \d\.\d s$/,
    also: /--ready-path/,
  },
  {
    how: 'dies under load',
    options: ['--duration', '5s'],
    code: ENVIRONMENT,
    firstLine: /^the service ended in the middle of it \(exit code 7\)$/,
  },
  {
    how: '500 to all but health',
    options: ['--ready-path', '/healthz'],
    code: INVALID,
    firstLine: /^INVALID, not to be believed/,
    also: /0 of \d+ requests were answered right, and before any load GET \/ was answered by status 500/,
  },
  {
    how: 'stops answering',
    code: EXIT_CODE.ok,
    firstLine: /^(?:FAILED REQUESTS: \d+ of \d+ \(\d+ unanswered|INVALID, not to be believed)/,
    also: /0 of \d+ requests were answered right/,
  },
];

describe.concurrent('a service that misbehaves has a clear end, and leaves nothing behind', () => {
  test.each(MISBEHAVIOURS)('$how', async ({ how, options = [], code, firstLine, also = /./ }) => {
    const ended = await measured(how, ['run', ...options]);
    const isMeasured = code !== ENVIRONMENT;
    // A machine that others use may make any measurement one that is not to be believed.
    expect(isMeasured ? [code, INVALID] : [code], ended.stderr).toContain(ended.code);
    const text = isMeasured ? ended.stdout : answerOf(ended.stderr);
    expect(text.split('\n')[0]).toMatch(firstLine);
    expect(text.replace(/\s+/g, ' ')).toMatch(also);
  });

  test('one that is slow, floods, leaks, tells its password and does not end is measured all the same', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'pool-lab-told-'));
    try {
      const out = join(directory, 'run');
      const sweep = ['sweep', '--out', out, '--rounds', '1', '--stop-timeout', '300ms', '--json'];
      const { code, password, stdout, stderr } = await measured('works all the same', sweep);
      expect([0, INVALID], stderr).toContain(code);
      const files = readdirSync(out, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name));
      // Nothing that it tells is in the files of the sweep, in its reports or in its JSON.
      for (const text of [stdout, ...files.map((path) => readFileSync(path, 'utf8'))]) {
        expect(text).not.toContain(password);
      }
      const trial = files.find((path) => path.endsWith('c001-r1.json')) ?? '';
      const { service } = measuredTrialSchema.parse(JSON.parse(readFileSync(trial, 'utf8')));
      expect(service?.said?.lines).toBeGreaterThan(LINES_OF_A_REQUEST);
      expect(service?.process?.readyMs).toBeGreaterThan(SLOW_START_MS);
      expect(service?.process?.processesPeak).toBeGreaterThanOrEqual(4);
      expect(service?.process?.killed).toBeGreaterThanOrEqual(1);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test('a program that is not there', async () => {
    const { ended, seen } = startCli([
      ...['run', '--config', 'none', '--command', 'no-such-program --port {port}'],
    ]);
    expect((await ended).code).toBe(ENVIRONMENT);
    expect(answerOf(seen.stderr)).toMatch(
      /^the service was not started: no program no-such-program on the PATH\n→ /,
    );
  });
});

/** One short measurement, after which nothing of the service is there and its password in no output. */
async function measured(how: string, line: readonly string[]) {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-misbehaving-'));
  try {
    const mark = (10_000 + Math.random()).toFixed(9);
    const evidencePath = join(directory, 'evidence.json');
    const [command = 'run', ...options] = line;
    const { seen, ended } = startCli([
      ...[command, '--config', 'none', '--workers', '1', '--pool-size', '2', '--max-overflow', '0'],
      ...['--connections', '4', '--warmup', '0', '--drain', '300ms'],
      ...(options.includes('--duration') ? [] : ['--duration', '400ms']),
      ...options,
      '--command',
      `${process.execPath} ${SERVICE} "${how}" {port} ${mark} ${evidencePath}`,
    ]);
    const { code } = await ended;
    const { password, inArguments } = evidenceSchema.parse(
      JSON.parse(readFileSync(evidencePath, 'utf8')),
    );
    expect(password.length).toBeGreaterThan(8);
    expect(inArguments).toEqual([]);
    expect(seen.stdout + seen.stderr).not.toContain(password);
    expect(listProcesses().filter(({ command }) => command.includes(mark))).toEqual([]);
    return { code, password, ...seen };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What it ended with, after its progress. */
function answerOf(stderr: string): string {
  return stderr.slice(stderr.search(/^the service /m));
}
