import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clientOptions } from './client-options.ts';
import { createEmbeddedPostgres } from './embedded.ts';
import { findFreePort } from './free-port.ts';
import { serverProcesses } from './postmaster-end.ts';
import {
  ask,
  copyBinaries,
  isUsable,
  runsIn,
  SMALL_SERVER,
  withPostgres,
} from './test/embedded-fixture.ts';
import { startEmbeddedProcess, stopEmbeddedProcess } from './test/embedded-process.ts';
import { createRecordingCustodian, sharedLabParent, withLabParent } from './test/lab-parent.ts';

const asRoot = test.runIf(process.getuid?.() === 0);
const NOBODY = 65_534;

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

test('settings arrive, and stopping leaves no process and no file', async () => {
  const dataDirectory = await withPostgres(
    { labParent: lab.path },
    async (postgres) => {
      expect(await ask(postgres.api, 'SHOW max_connections')).toEqual({ max_connections: '12' });
      expect(await ask(postgres.api, 'SHOW reserved_connections')).toEqual({
        reserved_connections: '2',
      });
      expect(await ask(postgres.api, 'SHOW work_mem')).toEqual({ work_mem: '8MB' });
      expect(postgres.version).toMatch(/^18\./);
      return postgres.dataDirectory ?? '';
    },
    { maxConnections: 12, reservedConnections: 2, extra: { work_mem: '8MB' } },
  );
  expect(serverProcesses(dataDirectory)).toEqual([]);
  expect(runsIn(lab.path)).toEqual([]);
});

test('each server has passwords of its own', async () => {
  const first = await withPostgres({ labParent: lab.path }, async ({ api, superuser }) => ({
    api,
    superuser,
  }));
  await withPostgres({ labParent: lab.path }, async ({ api, superuser }) => {
    expect(new Set([first.api, first.superuser, api, superuser].map((c) => c.password)).size).toBe(
      4,
    );
    const stale = { ...superuser, password: first.superuser.password };
    await expect(ask(stale, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });
});

test('right after the start every slot is free again', async () => {
  await withPostgres(
    { labParent: lab.path },
    async ({ superuser }) => {
      const sql = `SELECT count(*) AS backends FROM pg_stat_activity WHERE backend_type = 'client backend'`;
      expect(await ask(superuser, sql)).toEqual({ backends: '1' });
    },
    { maxConnections: 2, superuserReservedConnections: 1 },
  );
});

test('connections that it refuses are counted by its log, whoever asked', async () => {
  await withPostgres(
    { labParent: lab.path },
    async ({ api, superuser, refusals }) => {
      const before = refusals?.();
      expect(before).toBe(0);
      const clients = [api, api, api, api, api, superuser, superuser].map(
        (role) => new Client({ ...clientOptions(role), ssl: false }),
      );
      const connected = await Promise.allSettled(clients.map((client) => client.connect()));
      const refused = connected.filter(({ status }) => status === 'rejected').length;
      await Promise.allSettled(clients.map((client) => client.end()));
      expect(refused).toBeGreaterThanOrEqual(2);
      await vi.waitFor(() => expect(refusals?.()).toBe(refused), 5_000);
    },
    { maxConnections: 4, superuserReservedConnections: 1 },
  );
});

test('where its log does not tell refusals, none are claimed not to be there', async () => {
  await withPostgres({ labParent: lab.path }, async ({ refusals }) => expect(refusals).toBeNull(), {
    extra: { log_min_messages: 'panic' },
  });
});

test('two labs that find nothing staged both get their server', async () => {
  await withLabParent(async (fresh) => {
    await Promise.all([1, 2].map(() => withPostgres({ labParent: fresh }, isUsable)));
    const cache = readdirSync(join(fresh, `pool-lab-${process.getuid?.() ?? 0}`, 'cache'));
    expect(cache.map((name) => name.replace(/-[0-9a-f]{16}/, '')).toSorted()).toEqual([
      'binaries',
      'cluster.archive',
    ]);
  });
});

test('a port that was taken in between is replaced by another', async () => {
  let choices = 0;
  const choosePort = async (): Promise<number> => {
    choices += 1;
    return choices === 1 ? inUse : findFreePort();
  };
  await withPostgres({ labParent: lab.path, choosePort }, async ({ api }) => {
    expect(choices).toBe(2);
    expect(api.port).not.toBe(inUse);
    expect(await ask(api, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });
});

test('a server that dies by itself is told with its last lines, and still cleaned up', async () => {
  const dataDirectory = await withPostgres({ labParent: lab.path }, async (postgres) => {
    process.kill(postgres.postmasterPid ?? 0, 'SIGQUIT');
    const { lastLines } = await postgres.died;
    expect(lastLines.join('\n')).toMatch(/immediate shutdown/);
    return postgres.dataDirectory ?? '';
  });
  expect(serverProcesses(dataDirectory)).toEqual([]);
  expect(runsIn(lab.path)).toEqual([]);
});

test('a killed postmaster’s children do not outlive the stop, however stuck', async () => {
  const dataDirectory = await withPostgres({ labParent: lab.path }, async (postgres) => {
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
  const provider = createEmbeddedPostgres({ custodian, labParent: lab.path, choosePort });
  await expect(provider.start(SMALL_SERVER, abort.signal)).rejects.toThrow('enough');
  expect(custodian.guarded.size).toBe(0);
  expect(runsIn(lab.path)).toEqual([]);
});

asRoot('root starts it from a private directory, whose links npm has not made', async () => {
  await withLabParent(async (elsewhere) => {
    const home = join(elsewhere, 'home');
    mkdirSync(home, { mode: 0o700 });
    const binaries = await copyBinaries(home);
    const lib = join(binaries.directory, 'lib');
    for (const entry of readdirSync(lib, { withFileTypes: true })) {
      if (entry.isSymbolicLink()) rmSync(join(lib, entry.name));
    }
    await withPostgres({ labParent: elsewhere, binaries }, isUsable);
  });
});

asRoot('an ordinary user starts it as themselves', async () => {
  await withLabParent(async (elsewhere) => {
    chmodSync(elsewhere, 0o1777);
    const project = projectFor(NOBODY, elsewhere);
    const started = await startEmbeddedProcess({ labParent: elsewhere, uid: NOBODY, project });
    expect(await ask(started.superuser, 'SELECT 1 AS one')).toEqual({ one: 1 });
    expect(started.dataDirectory).toContain(`pool-lab-${NOBODY}`);
    expect(await stopEmbeddedProcess(started)).toBe(0);
    expect(serverProcesses(started.dataDirectory)).toEqual([]);
    for (const transport of ['tls', 'socket'] as const) {
      const options = { labParent: elsewhere, uid: NOBODY, project, transport };
      const reached = await startEmbeddedProcess(options);
      expect(await ask(reached.api, 'SELECT 1 AS one')).toEqual({ one: 1 });
      expect(await stopEmbeddedProcess(reached)).toBe(0);
    }
  });
});

/** This clone, or where others cannot enter it, a copy of hard links in a place where they can. */
function projectFor(uid: number, elsewhere: string): string {
  const clone = fileURLToPath(new URL('../..', import.meta.url));
  const reached = spawnSync(process.execPath, ['--version'], { uid, gid: uid, cwd: '/' });
  if (reached.error === undefined) return clone;
  const copy = join(elsewhere, 'clone');
  mkdirSync(copy, { mode: 0o755 });
  const wanted = ['harness', 'server', 'node_modules', 'package.json'];
  execFileSync('cp', ['-a', '--link', ...wanted.map((name) => join(clone, name)), copy]);
  return copy;
}
