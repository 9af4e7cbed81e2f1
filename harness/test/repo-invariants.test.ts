import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CAVEAT_CODES } from '../analysis/verdict/caveat-codes.ts';
import { EXIT_CODE } from '../exit-code.ts';
import { ERROR_CODES } from '../lab-error.ts';

/* What holds between files, and no single file's test would see broken. */

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      resolved: z.string().optional(),
      integrity: z.string().optional(),
      optional: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
      os: z.array(z.string()).optional(),
    }),
  ),
});
const manifestSchema = z.object({
  allowScripts: z.record(z.string(), z.boolean()),
  engines: z.object({ node: z.string() }),
});

/** Files tracked or about to be, but not those about to be removed. */
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: PROJECT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(PROJECT, path)));
const installed = Object.entries(lockSchema.parse(JSON.parse(read('package-lock.json'))).packages)
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({ ...entry, name: path.replace(/^.*node_modules\//, '') }));
const manifest = manifestSchema.parse(JSON.parse(read('package.json')));

/** Packages whose traps, units and errors are absorbed in one file, beside those that biome.json bans. */
const ADAPTERS = {
  commander: 'harness/program.ts',
  'hdr-histogram-js': 'harness/load/account/histogram.ts',
  'pure-rand': 'harness/seeded-random.ts',
  // Two, since the dashboards import nothing of the harness: settings keep their places and types as they
  // are written; generated files and those of other tools are plain data.
  yaml: ['dashboards/yaml/yaml-document.ts', 'harness/plan/sweep/yaml-document.ts'],
  '@prometheus-io/lezer-promql': 'dashboards/promql/expression.ts',
  // Two, since a panel and what holds the panels are each a file's worth.
  '@grafana/grafana-foundation-sdk': [
    'dashboards/grafana/sdk/dashboard-builder.ts',
    'dashboards/grafana/sdk/panel-builder.ts',
  ],
  testcontainers: 'harness/postgres/container.ts',
  selfsigned: 'harness/postgres/certificate.ts',
  'shell-quote': 'harness/plan/command-words.ts',
  'csv-parse': 'harness/plan/data-rows.ts',
  'csv-stringify': 'harness/report/sweep/csv.ts',
  'junit-report-builder': 'harness/report/sweep/junit.ts',
  vite: 'dashboards/web/build.ts',
  uplot: 'dashboards/web/app/chart/uplot-adapter.ts',
  'playwright-core': 'dashboards/web/test/browser.ts',
  dclint: 'dashboards/compose/test/compose-linter.ts',
} as const;

test.each(Object.entries(ADAPTERS))('%s is imported by its adapter alone', (name, adapter) => {
  const imports = new RegExp(`(?:from|import)[ (]'${name}(?:/[^']*)?'`);
  const importers = files.filter(
    (path) =>
      /^(?:harness|server|dashboards)\/.*(?<!\.test)\.tsx?$/.test(path) &&
      !path.startsWith('harness/test/lint-fixtures/') &&
      imports.test(read(path)),
  );
  expect(importers.sort()).toEqual([adapter].flat());
});

test('the README documents every error code, with the status it exits with', () => {
  const rows = [
    ...read('README.md').matchAll(/^\| `(?<code>[A-Z_]+)` \| (?<exit>\d+) \| \S.*\|$/gm),
  ];
  const documented = rows.map(({ groups }) => [groups?.['code'], Number(groups?.['exit'])]);
  expect(documented.sort()).toEqual(Object.entries(ERROR_CODES).sort());
});

test('the README documents every caveat', () => {
  const table =
    /^\| caveat \| when \|\n(?<table>(\|.*\n)*)/m.exec(read('README.md'))?.groups?.['table'] ?? '';
  const documented = [...table.matchAll(/^\| `([a-z_]+)` \|/gm)].map(([, code]) => code);
  expect(documented.sort()).toEqual([...CAVEAT_CODES].sort());
});

test('the README documents every exit code', () => {
  const table =
    /^### Exit codes\n(?<table>[^#]*)/m.exec(read('README.md'))?.groups?.['table'] ?? '';
  const documented = [...table.matchAll(/^\| ([\d, ]+) \|/gm)].flatMap(([, codes = '']) =>
    codes.split(', ').map(Number),
  );
  expect(documented.sort()).toEqual(Object.values(EXIT_CODE).sort());
});

test('every error code is thrown somewhere', () => {
  const texts = sources()
    .filter((path) => path !== 'harness/lab-error.ts')
    .map(read);
  const unused = Object.keys(ERROR_CODES).filter(
    (code) => !texts.some((text) => text.includes(`'${code}'`)),
  );
  expect(unused).toEqual([]);
});

test('the project speaks of no machine it was made on', () => {
  // Put together here, so that this file does not contain them itself.
  const places = [
    ['', 'work', ''],
    ['..', 'shared'],
  ].map((parts) => parts.join('/'));
  const speaking = files
    .filter((path) => path !== '.ci/run' && !path.startsWith('LICENSE'))
    .filter((path) =>
      places.some((place) =>
        new RegExp(`(^|[^\\w.])${place.replaceAll('.', '\\.')}`).test(read(path)),
      ),
    );
  expect(speaking).toEqual([]);
});

test('no file names a package registry, so that everybody installs from their own', () => {
  const registry = ['registry', 'npmjs'].join('.');
  expect(files.filter((path) => read(path).includes(registry))).toEqual([]);
  expect(installed.filter(({ resolved }) => resolved !== undefined)).toEqual([]);
});

test('the lock file vouches for all it installs but binaries of other platforms', () => {
  const unvouched = installed.filter(({ integrity }) => integrity === undefined);
  expect(unvouched.filter(({ optional, os }) => optional !== true || os === undefined)).toEqual([]);
});

test('the lock file has every platform of every optional dependency', () => {
  const lock = z
    .object({
      packages: z.record(
        z.string(),
        z.object({ optionalDependencies: z.record(z.string(), z.string()).optional() }),
      ),
    })
    .parse(JSON.parse(read('package-lock.json')));
  const wanted = Object.values(lock.packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  );
  const names = new Set(installed.map(({ name }) => name));
  expect(wanted.filter((name) => !names.has(name))).toEqual([]);
});

test('an install script runs only where package.json decided about it', () => {
  const withScript = installed
    .filter(({ hasInstallScript }) => hasInstallScript === true)
    .map(({ name }) => name)
    // Of the test runner's file watcher, on macOS alone; its binary is in the package.
    .filter((name) => name !== 'fsevents');
  expect(withScript.sort()).toEqual(Object.keys(manifest.allowScripts).sort());
  const allowed = Object.entries(manifest.allowScripts).filter(([, allows]) => allows);
  expect(allowed.map(([name]) => name)).toEqual(['node']);
});

test('the bin refuses exactly the Node versions that the manifest excludes', () => {
  const oldest = /OLDEST_NODE_MAJOR = (\d+)/.exec(read('harness/bin.cjs'))?.[1];
  expect(manifest.engines.node).toBe(`>=${oldest}`);
});

test('workflows run only actions pinned by commit, with their version beside', () => {
  const workflows = files.filter((path) => path.startsWith('.github/workflows/'));
  const actions = workflows.flatMap((path) => read(path).match(/uses:.*$/gm) ?? []);
  expect(actions.length).toBeGreaterThan(0);
  expect(actions.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
});

function sources(): readonly string[] {
  return files.filter(
    (path) =>
      /^(server|harness)\/.*\.ts$/.test(path) &&
      !path.includes('/test/') &&
      !path.endsWith('.test.ts'),
  );
}

function read(path: string): string {
  return readFileSync(join(PROJECT, path), 'utf8');
}
