import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLabDirectory } from '../postgres/lab-directory.ts';
import { recordingIo } from '../test/recording-io.ts';
import { cleanCommand } from './clean.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clean-test-'));
  chmodSync(directory, 0o755);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function clean(flags: Record<string, boolean> = {}) {
  // By the variable: every command that starts or removes something reads it.
  const io = recordingIo({ env: { POOL_LAB_DIRECTORY: directory } });
  const exitCode = await cleanCommand.run(flags, io, []);
  return { exitCode, stdout: io.stdoutText() };
}

function makeCache(): string {
  const path = join(openLabDirectory(directory).cachePath, 'binaries-0123456789abcdef');
  mkdirSync(path);
  writeFileSync(join(path, 'postgres'), Buffer.alloc(64 * 1024, 1));
  return path;
}

test('where no lab ever ran there is nothing to remove', async () => {
  expect(await clean()).toEqual({
    exitCode: 0,
    stdout: `NOTHING TO REMOVE in ${directory}\n`,
  });
});

test('a dry run lists a cache with its size and leaves it', async () => {
  const path = makeCache();
  const { stdout } = await clean({ dryRun: true });
  expect(stdout).toMatch(/^WOULD REMOVE \d+ director(y|ies), \d+ KiB/);
  expect(stdout).toContain(path);
  expect(existsSync(path)).toBe(true);
});

test('a cache is removed, and the next time it is not listed', async () => {
  const path = makeCache();
  expect((await clean()).stdout).toMatch(/^REMOVED \d+ director(y|ies), \d+ KiB freed/);
  expect(existsSync(path)).toBe(false);
  expect((await clean()).stdout).not.toContain(path);
});

test('JSON names what was removed', async () => {
  const path = makeCache();
  expect(JSON.parse((await clean({ json: true })).stdout)).toMatchObject({
    directory,
    dryRun: false,
    removed: expect.arrayContaining([{ kind: 'cache', path, bytes: expect.any(Number) }]),
    kept: [],
  });
});
