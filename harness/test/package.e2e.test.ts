import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT_CODE } from '../exit-code.ts';
import { LAB_DIRECTORY_PARENT } from '../postgres/lab-directory.ts';
import { isRunning, listProcesses, type ProcessEntry } from '../process-table.ts';
import type * as DashboardFiles from '../prometheus/dashboard-files.ts';
import { REPORT_DATA_ELEMENT } from '../report/html/report-data.ts';
import { createRedactor } from '../report/redactor.ts';
import { createRun } from '../store/create-run.ts';
import { MACHINE_STORE } from '../store/store-deps.ts';
import { MACHINE, samplePlan } from '../store/test/sample-run.ts';
import { poolLabVersion } from '../version.ts';
import { optional } from './optional.ts';
import type { Detection } from './optional-part.ts';
import {
  installPackedPackage,
  type PackedPackage,
  strangersEnvironment,
  strangersPath,
} from './packed-package.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** The demo promises a minute on an idle machine; under other load it was seen to take two. */
const DEMO_DEADLINE_MS = 150_000;
/** From the start of the command until the API of the first trial is up. */
const TRIAL_DEADLINE_MS = 40_000;
/** What the watchdog is given to leave nothing behind. */
const CLEAN_UP_DEADLINE_MS = 3_000;
const POLL_MS = 20;

const oldNode = await optional('old-node', detectOldNode);
let installed: PackedPackage;
/** The lab's directory of this file alone: what other labs on the machine do is not in it. */
let labParent: string;

beforeAll(async () => {
  labParent = await mkdtemp(join(LAB_DIRECTORY_PARENT, 'pool-lab-package-'));
  await chmod(labParent, 0o755);
  installed = await installPackedPackage();
});

afterAll(async () => {
  await installed?.remove();
  await rm(labParent, { recursive: true, force: true });
});

test('the tarball holds what is needed to run, and nothing else', () => {
  const unexpected = installed.files.filter(
    (file) =>
      !/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|harness\/bin\.cjs)$/.test(file) &&
      !/^dist\/(server|harness)\/.+\.js$/.test(file) &&
      file !== 'dist/harness/report-shell.html' &&
      !/^examples\/[a-z-]+\/[\w-]+\.(md|mjs|py|txt|ya?ml)$/i.test(file) &&
      file !== 'harness/plan/sweep/pool-lab-yaml.schema.json' &&
      file !== 'dashboards/grafana/pool-exhaustion.json' &&
      !/^dashboards\/prometheus\/(README\.md|rules\.(lab|production)\.yml)$/.test(file) &&
      !/^harness\/report\/.+\.schema\.json$/.test(file),
  );
  expect(unexpected).toEqual([]);
  const ofTests = /\/(test|bench)\/|\.test\.|fixture/;
  expect(installed.files.filter((file) => ofTests.test(file))).toEqual([]);
  expect(installed.files).toContain('examples/fastapi-sqlalchemy/app.py');
});

test('every process entry and asset that the code names at run time is in the tarball', () => {
  const named = runtimeFiles();
  expect(named).toEqual(
    expect.arrayContaining([
      'dist/harness/load/load-process.js',
      'dist/harness/runner/watchdog-process.js',
      'dist/server/main.js',
    ]),
  );
  expect(installed.files).toEqual(expect.arrayContaining([...named, 'dist/harness/cli.js']));
});

test('what is installed finds the rules for Prometheus and the dashboard it carries', async () => {
  const modules = join(dirname(installed.command), '..');
  const built = join(modules, 'pool-lab/dist/harness/prometheus/dashboard-files.js');
  const { labRulesPath, grafanaDashboardPath }: typeof DashboardFiles = await import(
    pathToFileURL(built).href
  );
  expect(await readFile(labRulesPath(), 'utf8')).toContain('alert: PoolWaiters');
  expect(await readFile(grafanaDashboardPath(), 'utf8')).toContain('"Pool exhaustion"');
});

test('the installed command tells its version', async () => {
  const stdout = `${poolLabVersion()}\n`;
  const answer = await runWith(installed.path, ['--version']);
  expect(answer).toEqual({ exitCode: EXIT_CODE.ok, stdout, stderr: '' });
});

test('the installed demo reproduces "too many connections"', {
  timeout: DEMO_DEADLINE_MS,
}, async () => {
  const { exitCode, stdout, stderr } = await runWith(installed.path, ['demo']);
  expect(stdout.split('\n')[0], stderr).toMatch(/^"Too many connections": reproduced/);
  expect([EXIT_CODE.ok, EXIT_CODE.invalidMeasurement]).toContain(exitCode);
  expect(runDirectories()).toEqual([]);
});

test('the installed command makes the HTML report of a run, with the page it carries', async () => {
  const directory = join(labParent, 'run');
  const input = { directory, plan: samplePlan(), machine: MACHINE, store: MACHINE_STORE };
  createRun({ ...input, redactor: createRedactor() }).close();
  const answer = await runWith(installed.path, ['report', directory, '--format', 'html']);
  expect(answer).toMatchObject({ exitCode: EXIT_CODE.ok, stderr: '' });
  const html = await readFile(join(directory, 'report.html'), 'utf8');
  expect(html).toContain(`id="${REPORT_DATA_ELEMENT}">{"version":`);
});

test('nothing is left of the installed demo three seconds after a SIGKILL', async () => {
  const demo = spawn(installed.command, ['demo'], { env: environment(), stdio: 'ignore' });
  const { pid } = demo;
  if (pid === undefined) throw new Error('the command could not be started');
  const exited = once(demo, 'exit');
  try {
    const family = await untilTrialRuns(pid);
    expect(runDirectories()).toHaveLength(1);
    demo.kill('SIGKILL');
    await exited;
    expect(await leftAfter(CLEAN_UP_DEADLINE_MS, family)).toEqual({
      processes: [],
      directories: [],
    });
  } finally {
    demo.kill('SIGKILL');
    await exited;
  }
});

oldNode.test('on an older Node the command says so in one line', async () => {
  const path = [dirname(oldNode.get()), strangersPath()].join(delimiter);
  const { exitCode, stdout, stderr } = await runWith(path, ['demo']);
  expect({ exitCode, stdout }).toEqual({ exitCode: EXIT_CODE.environment, stdout: '' });
  expect(stderr).toMatch(/^pool-lab needs Node 24 or newer, this is v\d+[^\n]*\n$/);
});

function environment(path = installed.path): NodeJS.ProcessEnv {
  return { ...strangersEnvironment(path), POOL_LAB_DIRECTORY: labParent, NO_COLOR: '1' };
}

async function runWith(path: string, args: readonly string[]) {
  const child = execFile(installed.command, [...args], { env: environment(path) });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr?.on('data', (text: string) => {
    output.stderr += text;
  });
  await once(child, 'close');
  return { exitCode: child.exitCode ?? -1, ...output };
}

/** All descendants, as soon as PostgreSQL and the API are among them. */
async function untilTrialRuns(pid: number): Promise<readonly ProcessEntry[]> {
  const giveUpAt = performance.now() + TRIAL_DEADLINE_MS;
  while (performance.now() < giveUpAt) {
    const family = descendants(pid);
    const runs = ['postgres', 'server/main.js', 'watchdog-process.js'].every((part) =>
      family.some(({ command }) => command.includes(part)),
    );
    if (runs) return family;
    await delay(POLL_MS);
  }
  const commands = descendants(pid).map(({ command }) => command);
  throw new Error(`no trial ran within ${TRIAL_DEADLINE_MS} ms, only ${commands.join(' | ')}`);
}

function descendants(pid: number): readonly ProcessEntry[] {
  const children = Map.groupBy(listProcesses(), ({ parentPid }) => parentPid);
  const below = (parent: number): readonly ProcessEntry[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}

/** What is still there when `deadlineMs` has passed, or nothing as soon as nothing is. */
async function leftAfter(deadlineMs: number, family: readonly ProcessEntry[]) {
  const giveUpAt = performance.now() + deadlineMs;
  for (;;) {
    const left = {
      processes: family.filter(isRunning).map(({ command }) => command),
      directories: runDirectories(),
    };
    const nothing = left.processes.length === 0 && left.directories.length === 0;
    if (nothing || performance.now() >= giveUpAt) return left;
    await delay(POLL_MS);
  }
}

/** Data directories of running servers: `<parent>/pool-lab-<uid>/runs/<run>`. */
function runDirectories(): readonly string[] {
  return globSync('pool-lab-*/runs/*', { cwd: labParent });
}

/**
 * Paths that sources hand to `entryPoint()` or `new URL()` as literals, as they are called in the
 * tarball. Import specifiers are not among them: tsc rewrites those, and follows them.
 */
function runtimeFiles(): readonly string[] {
  const sources = ['server', 'harness'].flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .map((path) => `${folder}/${path}`)
      .filter((path) => path.endsWith('.ts') && !/\.test\.ts$|\/(test|bench|scripts)\//.test(path)),
  );
  return sources.flatMap((source) => {
    const text = readFileSync(join(PROJECT, source), 'utf8');
    const built = join('dist', dirname(source));
    const entries = [...text.matchAll(/entryPoint\(import\.meta\.url, '([^']+)'\)/g)].map(
      ([, path = '']) => `${join(built, path)}.js`,
    );
    const assets = [...text.matchAll(/new URL\('([^']+)', import\.meta\.url\)/g)].map(
      ([, path = '']) => join(built, path),
    );
    return [...entries, ...assets];
  });
}

/** A Node of the host's own that is too old for the lab. */
async function detectOldNode(): Promise<Detection<string>> {
  for (const directory of strangersPath().split(delimiter)) {
    const node = join(directory, 'node');
    const version = await promisify(execFile)(node, ['--version']).then(
      ({ stdout }) => stdout.trim(),
      () => null, // Not there, or not a program.
    );
    const major = Number(/^v(\d+)\./.exec(version ?? '')?.[1]);
    if (major < 24) return { state: 'present', thing: node };
  }
  return {
    state: 'absent',
    reason: 'no Node older than 24 on PATH outside node_modules',
    remedy: 'put one there, e.g. with a version manager',
  };
}
