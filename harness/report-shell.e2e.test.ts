import {
  appendFile,
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { LAB_DIRECTORY_PARENT } from './postgres/lab-directory.ts';
import { reportShell } from './report-shell.ts';

/** A builder without Vite, that counts how often it runs. */
const BUILDER = `
import { appendFile, readFile, writeFile } from 'node:fs/promises';
const page = new URL('../app/page.txt', import.meta.url);
await appendFile(new URL('../../../builds.log', import.meta.url), 'built\\n');
await writeFile(process.argv[2] ?? '', await readFile(page, 'utf8'));
`;

test('the page is built once, and again when one of its sources changes', async () => {
  const clone = await fakeClone();
  expect(await clone.shell()).toBe('the page');
  expect(await clone.shell()).toBe('the page');
  expect(await clone.builds()).toBe(1);

  // As long as the other: its length is not what counts.
  await clone.write('dashboards/web/app/page.txt', 'new page');
  await clone.write('dashboards/web/test/page.e2e.test.ts', 'not in the page');
  await clone.write('harness/report/words.test.ts', 'not in the page');
  expect(await clone.shell()).toBe('new page');
  expect(await clone.builds()).toBe(2);

  await clone.write('package-lock.json', '{ "another": "Vite" }');
  await clone.shell();
  expect(await clone.builds()).toBe(3);
});

test('two that build at once end with the same whole page', async () => {
  const clone = await fakeClone();
  expect(await Promise.all([clone.shell(), clone.shell()])).toEqual(['the page', 'the page']);
});

test('a cached page that somebody removed is built again', async () => {
  const clone = await fakeClone();
  await clone.shell();
  await clone.emptyCache();
  expect(await clone.shell()).toBe('the page');
  expect(await clone.builds()).toBe(2);
});

test.each([
  {
    what: 'a mistake in the sources',
    builder: "throw new Error('app/report.tsx: no such thing\\nat line 3');",
    message: /could not be built: app\/report\.tsx: no such thing\nat line 3$/,
    hint: 'npx node dashboards/web/scripts/build-shell.ts',
  },
  {
    what: 'a clone without development dependencies',
    builder: "import 'vite-of-another-world';",
    message: /could not be built: Cannot find package 'vite-of-another-world'/,
    hint: 'npm ci',
  },
  {
    what: 'a builder that ends without a word',
    builder: 'process.exit(7);',
    message: /could not be built: Command failed/,
    hint: 'npx node dashboards/web/scripts/build-shell.ts',
  },
])('$what is told with its reason and a remedy, and leaves nothing', async (failure) => {
  const clone = await fakeClone(failure.builder);
  await expect(clone.shell()).rejects.toMatchObject({
    code: 'REPORT_SHELL_FAILED',
    message: expect.stringMatching(failure.message),
    hint: expect.stringContaining(failure.hint),
  });
  expect(await clone.cached()).toEqual([]);
});

async function fakeClone(builder = BUILDER) {
  const labParent = await mkdtemp(join(LAB_DIRECTORY_PARENT, 'pool-lab-shell-'));
  onTestFinished(() => rm(labParent, { recursive: true, force: true }));
  await chmod(labParent, 0o755);
  // A clone may lie anywhere, below a directory of that name too.
  const projectPath = join(labParent, 'test', 'clone');
  const cachePath = join(labParent, `pool-lab-${process.getuid?.() ?? 0}`, 'cache');
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(projectPath, path)), { recursive: true });
    await writeFile(join(projectPath, path), text);
  };
  await write('harness/report/words.ts', 'export {};');
  await write('tsconfig.json', '{}');
  await write('server/contract.ts', 'export {};');
  await write('package-lock.json', '{}');
  await write('package.json', '{ "type": "module" }');
  await write('dashboards/web/app/page.txt', 'the page');
  await write('dashboards/web/scripts/build-shell.ts', builder);
  await appendFile(join(projectPath, 'builds.log'), '');
  return {
    write,
    shell: () => reportShell({ labParent, projectPath, signal: new AbortController().signal }),
    builds: async () =>
      (await readFile(join(projectPath, 'builds.log'), 'utf8')).split('\n').length - 1,
    cached: () => readdir(cachePath),
    emptyCache: async () => {
      for (const name of await readdir(cachePath)) {
        await rm(join(cachePath, name), { recursive: true });
      }
    },
  };
}
