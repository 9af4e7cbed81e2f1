import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAtLeast, locatePgbouncer, requirePgbouncer } from './pgbouncer-program.ts';

/** A directory with a script that plays a PgBouncer. */
function fakeProgram(line: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'pool-lab-fake-pgbouncer-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'pgbouncer');
  writeFileSync(path, `#!/bin/sh\n${line}\n`);
  chmodSync(path, 0o755);
  return directory;
}

test.each([
  ['PgBouncer 1.18.0', '1.18.0'],
  ['PgBouncer version 1.12.0', '1.12.0'],
  ['PgBouncer 1.24', '1.24'],
])('what says "%s" is version %s', async (said, version) => {
  const directory = fakeProgram(`echo "${said}"; echo "libevent 2.1.12-stable"`);
  expect(await locatePgbouncer({ PATH: directory }, [])).toEqual({
    state: 'found',
    program: { path: join(directory, 'pgbouncer'), version },
  });
});

test('one that is not on PATH is found where packages put it, PATH first', async () => {
  const [own, packaged] = [
    fakeProgram('echo PgBouncer 1.25.0'),
    fakeProgram('echo PgBouncer 1.18.0'),
  ];
  const versionOf = async (PATH: string): Promise<string | null> => {
    const search = await locatePgbouncer({ PATH }, [packaged]);
    return search.state === 'found' ? search.program.version : null;
  };
  expect(await versionOf('/nonexistent')).toBe('1.18.0');
  expect(await versionOf(own)).toBe('1.25.0');
});

test('one that is missing, fails, or is something else is told from the others', async () => {
  const reasonOf = async (PATH: string): Promise<string> => {
    const search = await locatePgbouncer({ PATH }, []);
    return search.state === 'missing' ? search.reason : 'found';
  };
  expect(await reasonOf('/nonexistent')).toBe('no `pgbouncer` on PATH');
  expect(await reasonOf(fakeProgram('echo a club'))).toContain('is no PgBouncer');
  expect(await reasonOf(fakeProgram('exit 127'))).toContain('does not run');
});

test('without one, the error says how to come by one', async () => {
  const broken = fakeProgram('exit 127');
  await expect(requirePgbouncer({ PATH: broken })).rejects.toMatchObject({
    code: 'PGBOUNCER_MISSING',
    exitCode: 3,
    hint: expect.stringContaining('apt-get install pgbouncer'),
  });
});

test.each([
  ['1.18.0', '1.21', false],
  ['1.21.0', '1.21', true],
  ['1.9.0', '1.21', false],
  ['1.21', '1.21.1', false],
  ['2.0.0', '1.23', true],
])('%s is at least %s: %j', (version, other, expected) => {
  expect(isAtLeast(version, other)).toBe(expected);
});
