import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { givenConfigFile } from './config-file.ts';
import { LabError } from './lab-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'pool-lab-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function refusal(config: string): Promise<string> {
  try {
    await givenConfigFile({ flags: { config }, env: {} });
  } catch (error) {
    if (error instanceof LabError) return `${error.code} ${error.message}`;
    throw error;
  }
  throw new Error('the file was accepted');
}

test('the file that a flag or the variable names is read', async () => {
  const path = fileOf('a.yaml', '\uFEFFworkers: 2\n');
  const file = { name: path, text: 'workers: 2\n' };
  expect(await givenConfigFile({ flags: { config: path }, env: {} })).toMatchObject(file);
  expect(await givenConfigFile({ flags: {}, env: { POOL_LAB_CONFIG: path } })).toMatchObject(file);
});

test('data that it names is looked for beside it, wherever the lab was started', async () => {
  const path = fileOf('b.yaml', 'workers: 2\n');
  const data = fileOf('users.csv', 'id\n1\n');
  const file = await givenConfigFile({ flags: { config: path }, env: {} });
  expect(file?.readData?.('users.csv')).toMatchObject({ ok: true, path: data, text: 'id\n1\n' });
});

test('without pool-lab.yaml there is no file, and none asks for none', async () => {
  // The tests run where the project is, which has none.
  expect(await givenConfigFile({ flags: {}, env: {} })).toBeNull();
  expect(await givenConfigFile({ flags: { config: 'none' }, env: {} })).toBeNull();
});

test('what cannot be a file of settings is refused in one sentence', async () => {
  const long = fileOf('long.yaml', '# '.repeat(5_000_000));
  const latin = fileOf('latin.yaml', Uint8Array.from([0x61, 0x3a, 0x20, 0xe9]));
  const wide = fileOf('wide.yaml', Uint8Array.from([0xff, 0xfe, 0x61, 0x00]));
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  mkdirSync(join(directory, 'd'));
  const expected: readonly (readonly [string, string])[] = [
    [join(directory, 'missing.yaml'), 'does not exist'],
    [join(directory, 'd'), 'is no regular file'],
    [pipe, 'is no regular file'],
    ['/dev/zero', 'is no regular file'],
    [long, 'has more than 65536 bytes'],
    [latin, 'is not UTF-8 text'],
    [wide, 'is not UTF-8 text'],
  ];
  for (const [path, problem] of expected) {
    expect(await refusal(path)).toBe(`CONFIG_INVALID --config ${JSON.stringify(path)} ${problem}`);
  }
});
