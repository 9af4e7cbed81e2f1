/**
 * Shows that the pools' unit tests can fail: each patch of `seeded-bugs/` plants one bug into a copy of
 * the tree, and the tests must turn red. Exits with 1 when a bug survives or a patch no longer applies.
 *
 *     npx node server/pool/test/seeded-bugs.ts
 */
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const PATCHES = path.join(import.meta.dirname, 'seeded-bugs');
/** What the unit tests of the pool need besides `node_modules`. */
const COPIED = ['server', 'harness', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
/** The tests take some ten seconds; a bug that makes them hang is caught too. */
const RUN_LIMIT_MS = 60_000;

type Outcome =
  | { readonly state: 'green' }
  | { readonly state: 'red'; readonly failing: readonly string[] }
  | { readonly state: 'broken'; readonly output: string };

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
    }),
  ),
});

const startedMs = performance.now();
const bugs = (await readdir(PATCHES)).filter((name) => name.endsWith('.patch')).toSorted();
const unchanged = await withCopy(runTests);
const rows: { readonly bug: string; readonly verdict: string; readonly isCaught: boolean }[] = [];
if (unchanged.state === 'green') {
  for (const bug of bugs) rows.push(await judge(bug));
}
process.stdout.write(`${table()}\n`);
process.exitCode =
  unchanged.state === 'green' && bugs.length > 0 && rows.every(({ isCaught }) => isCaught) ? 0 : 1;

async function judge(patch: string): Promise<(typeof rows)[number]> {
  const bug = path.basename(patch, '.patch');
  const outcome = await withCopy(async (directory) => {
    const applied = await run('git', ['apply', path.join(PATCHES, patch)], directory);
    return applied.isOk
      ? runTests(directory)
      : { state: 'broken' as const, output: applied.output };
  });
  process.stderr.write(`${bug}: ${outcome.state}\n`);
  switch (outcome.state) {
    case 'green':
      return { bug, verdict: 'SURVIVED: no test noticed', isCaught: false };
    case 'broken':
      return { bug, verdict: `COULD NOT BE TRIED: ${lastLine(outcome.output)}`, isCaught: false };
    case 'red': {
      const [first = '', ...others] = outcome.failing;
      const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
      return { bug, verdict: `${first}${more}`, isCaught: true };
    }
  }
}

async function withCopy<Result>(use: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(path.join(tmpdir(), 'seeded-bugs-'));
  try {
    for (const name of COPIED) {
      await cp(path.join(ROOT, name), path.join(directory, name), { recursive: true });
    }
    await symlink(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'));
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function runTests(directory: string): Promise<Outcome> {
  // Not those below `test/`: whether the patches apply is no test of the pool.
  const files = (await readdir(path.join(directory, 'server/pool'))).filter(
    (name) => name.endsWith('.test.ts') && !name.endsWith('.pg.test.ts'),
  );
  const report = path.join(directory, 'report.json');
  const { output } = await run(
    process.execPath,
    [
      path.join(directory, 'node_modules/vitest/vitest.mjs'),
      ...['run', '--project', 'unit', '--root', directory, '--bail', '1'],
      ...['--reporter', 'json', '--outputFile', report],
      ...files.map((name) => `server/pool/${name}`),
    ],
    directory,
  );
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { state: 'broken', output };
  const tests = reportSchema
    .parse(JSON.parse(text))
    .testResults.flatMap(({ assertionResults }) => assertionResults);
  const failing = tests.filter(({ status }) => status === 'failed');
  if (failing.length > 0) return { state: 'red', failing: failing.map(({ fullName }) => fullName) };
  const passed = tests.filter(({ status }) => status === 'passed');
  return passed.length === tests.length && tests.length > 0
    ? { state: 'green' }
    : { state: 'broken', output };
}

interface Ran {
  readonly isOk: boolean;
  readonly output: string;
}

function run(file: string, argv: readonly string[], cwd: string): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(file, argv, { cwd, timeout: RUN_LIMIT_MS }, (error, stdout, stderr) => {
      resolve({ isOk: error === null, output: `${stdout}${stderr}` });
    });
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1) ?? '';
}

function table(): string {
  if (unchanged.state !== 'green') {
    const failing = unchanged.state === 'red' ? unchanged.failing.join(', ') : unchanged.output;
    return `The tests are ${unchanged.state} without any bug, so they prove nothing: ${failing}`;
  }
  const width = Math.max(...bugs.map((bug) => bug.length));
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const caught = rows.filter(({ isCaught }) => isCaught).length;
  return [
    ...rows.map(({ bug, verdict }) => `${bug.padEnd(width)}  ${verdict}`),
    `${caught} of ${rows.length} bugs caught in ${seconds} s`,
  ].join('\n');
}
