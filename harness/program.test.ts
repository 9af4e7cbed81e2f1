import { expect, test } from 'vitest';
import { budgetCommand } from './commands/budget.ts';
import type { Command } from './commands/command.ts';
import { EXIT_CODE } from './exit-code.ts';
import { LabError } from './lab-error.ts';
import type { RawFlags } from './plan/option-table.ts';
import { PLAN_OPTIONS, RUN_OPTIONS } from './plan/run-options.ts';
import { EXIT_CODE_MEANING, runProgram, wantsJson } from './program.ts';
import { recordingIo } from './test/recording-io.ts';

/** Runs a command line; a `run` command records the flags that reach it. */
async function program(line: readonly string[]) {
  const io = recordingIo();
  const received: RawFlags[] = [];
  const run: Command = {
    name: 'run',
    summary: 'one trial',
    options: RUN_OPTIONS,
    examples: [{ line: 'pool-lab run', shows: 'defaults' }],
    run: async (flags) => {
      received.push(flags);
      return EXIT_CODE.invalidMeasurement;
    },
  };
  const outcome = await runProgram({
    argv: line,
    commands: [run, budgetCommand],
    version: '1.2.3',
    io,
  }).catch((error: unknown) => error);
  return { outcome, received: received[0], stdout: io.stdoutText(), stderr: io.stderrText() };
}

test('flags reach the command as they were typed, and its exit code comes back', async () => {
  const { outcome, received } = await program([
    'run',
    '--max-overflow',
    '-1',
    '--pool-size=5',
    '--param',
    'ms=20',
    '--param',
    'tx=yes',
    '--pre-ping',
    '--json',
  ]);
  expect(outcome).toBe(6);
  expect(received).toEqual({
    maxOverflow: '-1',
    poolSize: '5',
    param: ['ms=20', 'tx=yes'],
    prePing: true,
    json: true,
  });
});

test('a switch is turned off by its --no- flag', async () => {
  expect((await program(['run', '--no-pre-ping'])).received).toEqual({ prePing: false });
});

test('a flag with two values is refused, as one of them would change nothing', async () => {
  const { outcome, received } = await program(['run', '--rate', '300/s', '--rate=400/s']);
  expect(outcome).toMatchObject({
    code: 'USAGE',
    message: '--rate is given twice, as "300/s" and as "400/s"',
    hint: 'give it once',
  });
  expect(received).toBeUndefined();
  const same = await program(['run', '--rate', '300/s', '--rate', '300/s']);
  expect(same.received).toEqual({ rate: '300/s' });
});

test('every flag of --help is taken by its command', async () => {
  const { stdout } = await program(['run', '--help']);
  for (const [name, { flag, parser }] of Object.entries(PLAN_OPTIONS)) {
    expect(stdout).toContain(`--${flag}`);
    const line = parser.placeholder === null ? [`--${flag}`] : [`--${flag}`, 'text'];
    expect((await program(['run', ...line])).received).toHaveProperty(name);
  }
});

test('help names each variable and default, on stdout', async () => {
  const { outcome, stdout, stderr } = await program(['run', '--help']);
  expect(outcome).toBe(0);
  const flat = stdout.replace(/\s+/g, ' ');
  expect(flat).toContain('(default 5, POOL_LAB_POOL_SIZE)');
  expect(flat).toContain('(default 30s, POOL_LAB_POOL_TIMEOUT)');
  expect(flat).toContain('(default none, repeatable, POOL_LAB_PARAM)');
  expect(stderr).toBe('');
});

test('help lists the commands, examples and every exit code', async () => {
  const { stdout } = await program(['--help']);
  expect(stdout).toMatch(/^ {2}run /m);
  expect(stdout).toMatch(/^ {2}budget /m);
  expect(stdout).toContain('pool-lab budget --preset fastapi');
  for (const code of Object.values(EXIT_CODE)) {
    expect(stdout).toContain(`${String(code).padStart(3)}  ${EXIT_CODE_MEANING[code]}`);
  }
});

test('help stays within 80 columns', async () => {
  for (const line of [['--help'], ['run', '--help'], ['budget', '--help']]) {
    const { stdout } = await program(line);
    const long = stdout
      .split('\n')
      .filter((text) => text.length > 80 && !text.includes('pool-lab'));
    expect(long).toEqual([]);
  }
});

test('--version is the version alone', async () => {
  expect((await program(['--version'])).stdout).toBe('1.2.3\n');
});

test.each([
  [['bugdet'], 'unknown command "bugdet"', 'did you mean budget?'],
  [['zebra'], 'unknown command "zebra"', 'see pool-lab --help'],
  [['run', '--pool-sise', '3'], 'unknown option "--pool-sise"', 'did you mean --pool-size?'],
  [['run', '--pool-sise=3'], 'unknown option "--pool-sise=3"', 'did you mean --pool-size?'],
  [['run', '--frontend'], 'unknown option "--frontend"', 'see pool-lab run --help'],
  [['budget', '--target', 'http://a'], 'unknown option "--target"', 'it is one of run'],
  [['run', 'now'], 'too many arguments', 'see pool-lab run --help'],
  [['run', '--workers'], 'argument missing', 'see pool-lab run --help'],
  [[], 'no command given', 'one of run, budget'],
])('%j is refused: %s', async (line, message, hint) => {
  const { outcome, stdout, stderr } = await program(line);
  expect(outcome).toBeInstanceOf(LabError);
  expect(outcome).toMatchObject({
    code: 'USAGE',
    exitCode: 2,
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  });
  expect([stdout, stderr]).toEqual(['', '']);
});

test('JSON is wanted by flag or variable, also where the command line cannot be parsed', () => {
  expect(wantsJson({ argv: ['run', '--zebra', '--json'], env: {} })).toBe(true);
  expect(wantsJson({ argv: ['run'], env: { POOL_LAB_JSON: 'yes' } })).toBe(true);
  expect(wantsJson({ argv: ['run'], env: { POOL_LAB_JSON: 'no' } })).toBe(false);
});

test("a command's own notes stand in its help, and in no other's", async () => {
  const io = recordingIo();
  const noted: Command = {
    name: 'noted',
    summary: 'a command with notes',
    options: {},
    examples: [],
    helpNotes: (columns) => `\nnotes for ${columns} columns\n`,
    run: async () => EXIT_CODE.ok,
  };
  const run = (line: readonly string[]) =>
    runProgram({ argv: line, commands: [noted, budgetCommand], version: '1.2.3', io });
  await run(['budget', '--help']);
  expect(io.stdoutText()).not.toContain('notes for');
  await run(['noted', '--help']);
  expect(io.stdoutText()).toContain(`\nnotes for ${io.stdout.columns} columns\n`);
});
