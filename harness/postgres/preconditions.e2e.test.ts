import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  checkFileDescriptors,
  checkMachine,
  checkNode,
  checkPreconditions,
} from './preconditions.ts';
import { withLabParent } from './test/lab-parent.ts';

test('on a machine that runs these tests all is met, with what was found', async () => {
  await withLabParent(async (labParent) => {
    const found = await checkPreconditions(labParent);
    expect(found.filter(({ ok }) => !ok)).toEqual([]);
    expect(found.find(({ name }) => name === 'PostgreSQL binaries')?.detail).toMatch(
      /postgres \(PostgreSQL\) 18\./,
    );
    for (const { detail } of found) expect(detail).toMatch(/\w/);
  });
});

test('one that is not met has a remedy, and does not hide the others', async () => {
  await withLabParent(async (labParent) => {
    chmodSync(labParent, 0o777);
    const found = await checkPreconditions(labParent);
    const unmet = found.filter(({ ok }) => !ok);
    expect(unmet.map(({ name }) => name)).toEqual(['lab directory', 'PostgreSQL binaries']);
    for (const { remedy, detail } of unmet) {
      expect(remedy).toMatch(/POOL_LAB_DIRECTORY/);
      expect(detail).toContain(labParent);
    }
  });
});

test.each([
  { version: '24.0.0', ok: true },
  { version: '26.1.0', ok: true },
  { version: '22.22.0', ok: false },
])('Node.js $version is $ok', ({ version, ok }) => {
  expect(checkNode(version)).toMatchObject({ ok, remedy: ok ? '' : expect.stringMatching(/24/) });
});

test('too few file descriptors are told with a number that is enough', () => {
  expect(() => checkFileDescriptors(256)).toThrow(
    expect.objectContaining({ hint: 'Raise the limit: ulimit -n 4096' }),
  );
  expect(checkFileDescriptors(Number.POSITIVE_INFINITY)).toMatch(/unlimited/);
});

test('one core is too little', () => {
  const machine = { cores: 1, memoryBytes: 8e9, availableBytes: 4e9 };
  expect(checkMachine(machine)).toMatchObject({
    ok: false,
    remedy: expect.stringMatching(/2 cores/),
  });
});
