import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLabDirectory } from './lab-directory.ts';
import { withLabParent } from './test/lab-parent.ts';

const asRoot = test.runIf(process.getuid?.() === 0);
const UID = process.getuid?.() ?? 0;

function unusable(says: RegExp) {
  return expect.objectContaining({
    code: 'DIRECTORY_UNUSABLE',
    message: expect.stringMatching(says),
    hint: expect.stringContaining('POOL_LAB_DIRECTORY'),
  });
}

test('it is made where it is missing, and taken as it is the next time', async () => {
  await withLabParent(async (parent) => {
    const lab = openLabDirectory(parent);
    expect(statSync(lab.cachePath).mode & 0o777).toBe(0o755);
    expect(openLabDirectory(parent)).toEqual(lab);
  });
});

test('a link in its place is refused', async () => {
  await withLabParent(async (parent) => {
    mkdirSync(join(parent, 'elsewhere'));
    symlinkSync(join(parent, 'elsewhere'), join(parent, `pool-lab-${UID}`));
    expect(() => openLabDirectory(parent)).toThrow(unusable(/not a directory/));
  });
});

test('a file in its place is refused', async () => {
  await withLabParent(async (parent) => {
    writeFileSync(join(parent, `pool-lab-${UID}`), '');
    expect(() => openLabDirectory(parent)).toThrow(unusable(/not a directory/));
  });
});

test('a directory that others may write is refused', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, `pool-lab-${UID}`);
    mkdirSync(path);
    chmodSync(path, 0o777);
    expect(() => openLabDirectory(parent)).toThrow(unusable(/written by others \(mode 0777\)/));
  });
});

asRoot('a directory that belongs to somebody else is refused', async () => {
  await withLabParent(async (parent) => {
    const path = join(parent, 'pool-lab-0');
    mkdirSync(path);
    chownSync(path, 65_534, 65_534);
    expect(() => openLabDirectory(parent)).toThrow(unusable(/belongs to user id 65534/));
  });
});

asRoot('below a private directory the server’s account could not reach it', async () => {
  await withLabParent(async (parent) => {
    chmodSync(parent, 0o700);
    expect(() => openLabDirectory(parent)).toThrow(unusable(/cannot be entered by others/));
  });
});

test('a parent in which anybody can exchange it is refused', async () => {
  await withLabParent(async (parent) => {
    chmodSync(parent, 0o777);
    expect(() => openLabDirectory(parent)).toThrow(unusable(/no sticky bit/));
  });
});

test('a parent that is not there is named', () => {
  expect(() => openLabDirectory('/nowhere/at/all')).toThrow(unusable(/\/nowhere\/at\/all/));
});
