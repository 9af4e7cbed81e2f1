import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { type Binaries, locateBinaries } from './binaries.ts';
import { createEmbeddedPostgres, type EmbeddedDeps } from './embedded.ts';
import { findFreePort } from './free-port.ts';
import { serverProcesses } from './postmaster-end.ts';
import type { PostgresSettings, StartedPostgres } from './provider.ts';
import { startEmbeddedProcess, stopEmbeddedProcess } from './test/embedded-process.ts';
import { createRecordingCustodian, withLabParent } from './test/lab-parent.ts';

const asRoot = test.runIf(process.getuid?.() === 0);
const NOBODY = 65_534;

const SETTINGS: PostgresSettings = {
  maxConnections: 20,
  superuserReservedConnections: 3,
  reservedConnections: 0,
  extra: {},
};

/** One for the file: what is staged cold once is warm for the others. */
let labParent: string;
const done = Promise.withResolvers<void>();
let finished: Promise<void>;
beforeAll(async () => {
  const opened = Promise.withResolvers<string>();
  finished = withLabParent(async (path) => {
    opened.resolve(path);
    await done.promise;
  });
  labParent = await opened.promise;
});
afterAll(async () => {
  done.resolve();
  await finished;
});

/** A port somebody listens on, throughout. */
let inUse = 0;
const listener = createServer();
beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  if (address !== null && typeof address !== 'string') inUse = address.port;
});
afterAll(() => new Promise((resolve) => listener.close(resolve)));

async function withPostgres<T>(
  use: (postgres: StartedPostgres) => Promise<T>,
  deps: Partial<EmbeddedDeps> = {},
  settings: Partial<PostgresSettings> = {},
): Promise<T> {
  const custodian = createRecordingCustodian();
  const provider = createEmbeddedPostgres({ custodian, labParent, ...deps });
  const postgres = await provider.start({ ...SETTINGS, ...settings }, new AbortController().signal);
  try {
    return await use(postgres);
  } finally {
    await postgres.stop();
    expect(custodian.guarded.size).toBe(0);
  }
}

async function notReached(): Promise<never> {
  throw new Error('PostgreSQL started');
}

async function ask(config: DatabaseConfig, sql: string): Promise<unknown> {
  const client = new Client(config);
  client.on('error', () => {
    // Some tests end the server under it.
  });
  try {
    await client.connect();
    return (await client.query(sql)).rows[0];
  } finally {
    await client.end();
  }
}

function runsIn(parent: string): string[] {
  return readdirSync(join(parent, `pool-lab-${process.getuid?.() ?? 0}`, 'runs'));
}

/** A copy of the installed binaries to damage or to hide. */
async function copyBinaries(to: string): Promise<Binaries> {
  const binaries = locateBinaries();
  const directory = join(to, 'native');
  await cp(binaries.directory, directory, { recursive: true, verbatimSymlinks: true });
  return { ...binaries, directory, fingerprint: `${binaries.fingerprint}-copy` };
}

test('settings arrive, and stopping leaves no process and no file', async () => {
  const dataDirectory = await withPostgres(
    async (postgres) => {
      expect(await ask(postgres.api, 'SHOW max_connections')).toEqual({ max_connections: '12' });
      expect(await ask(postgres.api, 'SHOW reserved_connections')).toEqual({
        reserved_connections: '2',
      });
      expect(await ask(postgres.api, 'SHOW work_mem')).toEqual({ work_mem: '8MB' });
      expect(postgres.version).toMatch(/^18\./);
      return postgres.dataDirectory ?? '';
    },
    {},
    { maxConnections: 12, reservedConnections: 2, extra: { work_mem: '8MB' } },
  );
  expect(serverProcesses(dataDirectory)).toEqual([]);
  expect(runsIn(labParent)).toEqual([]);
});

test('each server has passwords of its own', async () => {
  const first = await withPostgres(async ({ api, superuser }) => ({ api, superuser }));
  await withPostgres(async ({ api, superuser }) => {
    expect(new Set([first.api, first.superuser, api, superuser].map((c) => c.password)).size).toBe(
      4,
    );
    const stale = { ...superuser, password: first.superuser.password };
    await expect(ask(stale, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });
});

test('right after the start every slot is free again', async () => {
  await withPostgres(
    async ({ superuser }) => {
      const sql = `SELECT count(*) AS backends FROM pg_stat_activity WHERE backend_type = 'client backend'`;
      expect(await ask(superuser, sql)).toEqual({ backends: '1' });
    },
    {},
    { maxConnections: 2, superuserReservedConnections: 1 },
  );
});

test('two labs that find nothing staged both get their server', async () => {
  await withLabParent(async (fresh) => {
    await Promise.all(
      [1, 2].map(() =>
        withPostgres(
          async ({ api }) => expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 }),
          { labParent: fresh },
        ),
      ),
    );
    const cache = readdirSync(join(fresh, `pool-lab-${process.getuid?.() ?? 0}`, 'cache'));
    expect(cache.map((name) => name.replace(/-.*\b/, '')).toSorted()).toHaveLength(2);
    expect(cache.filter((name) => name.startsWith('.'))).toEqual([]);
  });
});

test('a port that was taken in between is replaced by another', async () => {
  let choices = 0;
  const choosePort = async (): Promise<number> => {
    choices += 1;
    return choices === 1 ? inUse : findFreePort();
  };
  await withPostgres(
    async ({ api }) => {
      expect(choices).toBe(2);
      expect(api.port).not.toBe(inUse);
      expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 });
    },
    { choosePort },
  );
});

test('a server that dies by itself is told with its last lines, and still cleaned up', async () => {
  const dataDirectory = await withPostgres(async (postgres) => {
    process.kill(postgres.postmasterPid ?? 0, 'SIGQUIT');
    const { lastLines } = await postgres.died;
    expect(lastLines.join('\n')).toMatch(/immediate shutdown/);
    return postgres.dataDirectory ?? '';
  });
  expect(serverProcesses(dataDirectory)).toEqual([]);
  expect(runsIn(labParent)).toEqual([]);
});

test('a killed postmaster’s children do not outlive the stop, however stuck', async () => {
  const dataDirectory = await withPostgres(async (postgres) => {
    const { dataDirectory: data, postmasterPid, superuser } = postgres;
    const busy = ask(superuser, 'SELECT count(*) FROM generate_series(1, 1e12::bigint)');
    const cutOff = expect(busy).rejects.toThrow();
    const computing = () =>
      serverProcesses(data ?? '').find(({ command }) => command.endsWith('SELECT'));
    while (computing() === undefined) await ask(postgres.api, 'SHOW port');
    // By itself it would notice soon that its postmaster is gone; a stopped one cannot.
    process.kill(computing()?.pid ?? 0, 'SIGSTOP');
    process.kill(postmasterPid ?? 0, 'SIGKILL');
    await postgres.died;
    await postgres.stop();
    await cutOff;
    return data ?? '';
  });
  expect(serverProcesses(dataDirectory)).toEqual([]);
});

test('an aborted start leaves nothing', async () => {
  const custodian = createRecordingCustodian();
  const abort = new AbortController();
  const choosePort = async (): Promise<number> => {
    abort.abort(new Error('enough'));
    return findFreePort();
  };
  const provider = createEmbeddedPostgres({ custodian, labParent, choosePort });
  await expect(provider.start(SETTINGS, abort.signal)).rejects.toThrow('enough');
  expect(custodian.guarded.size).toBe(0);
  expect(runsIn(labParent)).toEqual([]);
});

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
  const provider = createEmbeddedPostgres({ custodian, labParent, choosePort });
  const starting = provider.start({ ...SETTINGS, ...bad.settings }, new AbortController().signal);
  await expect(starting).rejects.toMatchObject({
    name: 'LabError',
    code: bad.code,
    message: expect.stringMatching(bad.message),
    hint: expect.stringMatching(bad.hint),
  });
  await expect(starting).rejects.not.toThrow(/undefined/);
  expect(custodian.guarded.size).toBe(0);
  expect(runsIn(labParent)).toEqual([]);
});

test('a library that is missing is named', async () => {
  await withLabParent(async (elsewhere) => {
    const binaries = await copyBinaries(elsewhere);
    for (const name of readdirSync(join(binaries.directory, 'lib'))) {
      if (name.startsWith('libicuuc')) rmSync(join(binaries.directory, 'lib', name));
    }
    const starting = withPostgres(notReached, { binaries, labParent: elsewhere });
    await expect(starting).rejects.toMatchObject({
      code: 'LIBRARY_MISSING',
      message: expect.stringContaining('libicuuc'),
      hint: expect.stringContaining('pool-lab clean'),
    });
    expect(runsIn(elsewhere)).toEqual([]);
  });
});

asRoot('root starts it from binaries inside a directory only root can enter', async () => {
  await withLabParent(async (elsewhere) => {
    const home = join(elsewhere, 'home');
    mkdirSync(home, { mode: 0o700 });
    const binaries = await copyBinaries(home);
    await withPostgres(
      async ({ api }) => expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 }),
      { binaries, labParent: elsewhere },
    );
  });
});

asRoot('links the installation has lost are made again', async () => {
  await withLabParent(async (elsewhere) => {
    const binaries = await copyBinaries(elsewhere);
    const lib = join(binaries.directory, 'lib');
    for (const entry of readdirSync(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) rmSync(join(lib, entry.name));
    }
    await withPostgres(
      async ({ api }) => expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 }),
      { binaries, labParent: elsewhere },
    );
  });
});

asRoot('an ordinary user starts it as themselves', async ({ skip }) => {
  if (!canNobodyReach(process.execPath)) skip('this Node.js lies where other accounts cannot read');
  await withLabParent(async (elsewhere) => {
    chmodSync(elsewhere, 0o1777);
    const lab = await startEmbeddedProcess({ labParent: elsewhere, uid: NOBODY });
    expect(await ask(lab.superuser, 'SELECT 1 AS one')).toEqual({ one: 1 });
    expect(lab.dataDirectory).toContain(`pool-lab-${NOBODY}`);
    expect(await stopEmbeddedProcess(lab)).toBe(0);
    expect(serverProcesses(lab.dataDirectory)).toEqual([]);
  });
});

asRoot('a full disk is told as such, and nothing stays on it', async ({ skip }) => {
  await withLabParent(async (elsewhere) => {
    const disk = join(elsewhere, 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m,mode=755', 'tmpfs', disk]);
    } catch (error) {
      skip(`no small disk to fill: ${String(error)}`);
    }
    try {
      const starting = withPostgres(notReached, { labParent: disk });
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

/** As root everything is readable; what counts is that each directory lets others pass. */
function canNobodyReach(path: string): boolean {
  try {
    execFileSync('setpriv', [`--reuid=${NOBODY}`, '--clear-groups', path, '--version']);
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
