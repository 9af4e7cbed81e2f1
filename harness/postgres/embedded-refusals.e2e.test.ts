import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEmbeddedPostgres } from './embedded.ts';
import { findFreePort } from './free-port.ts';
import type { PostgresSettings } from './provider.ts';
import {
  copyBinaries,
  notReached,
  runsIn,
  SMALL_SERVER,
  withPostgres,
} from './test/embedded-fixture.ts';
import { createRecordingCustodian, sharedLabParent, withLabParent } from './test/lab-parent.ts';

const asRoot = test.runIf(process.getuid?.() === 0);

const lab = sharedLabParent();

/** A port somebody listens on, throughout. */
let inUse = 0;
const listener = createServer();
beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address !== null && typeof address !== 'string') inUse = address.port;
});
afterAll(() => new Promise((resolve) => listener.close(resolve)));

interface BadStart {
  readonly what: string;
  readonly settings?: Partial<PostgresSettings>;
  readonly choosePort?: () => Promise<number>;
  readonly code: string;
  readonly message: RegExp;
  readonly hint: RegExp;
}

test.each<BadStart>([
  {
    what: 'no connections',
    settings: { maxConnections: 0 },
    code: 'CONFIG_INVALID',
    message: /maxConnections is 0/,
    hint: /from 1/,
  },
  {
    what: 'a negative number of connections',
    settings: { maxConnections: -1 },
    code: 'CONFIG_INVALID',
    message: /maxConnections is -1/,
    hint: /from 1/,
  },
  {
    what: 'everything reserved',
    settings: { maxConnections: 3 },
    code: 'CONFIG_INVALID',
    message: /superuserReservedConnections 3/,
    hint: /Raise maxConnections above 3/,
  },
  {
    what: 'a setting PostgreSQL does not know',
    settings: { extra: { shared_bufers: '1GB' } },
    code: 'CONFIG_INVALID',
    message: /unrecognized configuration parameter "shared_bufers"/,
    hint: /postgresql.conf/,
  },
  {
    what: 'a value out of range',
    settings: { extra: { shared_buffers: '1kB' } },
    code: 'CONFIG_INVALID',
    message: /shared_buffers/,
    hint: /Correct the setting/,
  },
  {
    what: 'more shared memory than there is',
    settings: { extra: { shared_buffers: '4TB', huge_pages: 'off' } },
    code: 'POSTGRES_START_FAILED',
    message: /could not map anonymous shared memory/,
    hint: /Lower maxConnections or shared_buffers/,
  },
  {
    what: 'a port that is taken each time',
    choosePort: async () => inUse,
    code: 'PORT_IN_USE',
    message: /could not bind IPv4 address "127.0.0.1": Address already in use/,
    hint: /Try again/,
  },
])('$what: $code with the reason, a remedy, and nothing left', async (bad) => {
  const custodian = createRecordingCustodian();
  const choosePort = bad.choosePort ?? findFreePort;
  const provider = createEmbeddedPostgres({ custodian, labParent: lab.path, choosePort });
  const starting = provider.start(
    { ...SMALL_SERVER, ...bad.settings },
    new AbortController().signal,
  );
  await expect(starting).rejects.toMatchObject({
    name: 'LabError',
    code: bad.code,
    message: expect.stringMatching(bad.message),
    hint: expect.stringMatching(bad.hint),
  });
  await expect(starting).rejects.not.toThrow(/undefined/);
  expect(custodian.guarded.size).toBe(0);
  expect(runsIn(lab.path)).toEqual([]);
});

test('a library that is missing is named', async () => {
  await withLabParent(async (elsewhere) => {
    const binaries = await copyBinaries(elsewhere);
    for (const name of readdirSync(join(binaries.directory, 'lib'))) {
      if (name.startsWith('libicuuc')) rmSync(join(binaries.directory, 'lib', name));
    }
    const starting = withPostgres({ binaries, labParent: elsewhere }, notReached);
    await expect(starting).rejects.toMatchObject({
      code: 'LIBRARY_MISSING',
      message: expect.stringContaining('libicuuc'),
      hint: expect.stringContaining('pool-lab clean'),
    });
    expect(runsIn(elsewhere)).toEqual([]);
  });
});

describe.for([
  ['while the binaries are copied', 20],
  ['while the cluster is made', 80],
] as const)('a disk that is full %s', ([, megabytes]) => {
  asRoot('is told as such, and no run stays on it', async ({ skip }) => {
    await withLabParent(async (elsewhere) => {
      const disk = join(elsewhere, 'disk');
      mkdirSync(disk);
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', disk]);
      } catch (error) {
        skip(`no small disk to fill: ${String(error)}`);
      }
      try {
        const starting = withPostgres({ labParent: disk }, notReached);
        await expect(starting).rejects.toMatchObject({
          code: 'DISK_FULL',
          message: expect.stringMatching(/No space left on device|ENOSPC/),
          hint: expect.stringMatching(/500 MB/),
        });
        expect(runsIn(disk)).toEqual([]);
      } finally {
        execFileSync('umount', [disk]);
      }
    });
  });
});
