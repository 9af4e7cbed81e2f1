import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import {
  ADMIN_PATHS,
  type DatabaseConfig,
  METRICS,
  POOL_DEFAULTS,
  type ServerConfig,
} from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { machineClockMs } from '../machine-clock.ts';
import { seedDatabase } from './seeding.ts';
import {
  type ServerProcess,
  type ServerProcessDeps,
  startServer,
  withServer,
} from './server-process.ts';

const { api, superuser } = inject('postgres');

const deps: ServerProcessDeps = {
  baseEnvironment: { PATH: process.env['PATH'] ?? '' },
  custodian: { guard: () => NOTHING_GUARDED },
  signal: new AbortController().signal,
};

function configOf(change: Partial<ServerConfig>): ServerConfig {
  return {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    allowedHosts: [],
    workers: 1,
    graceMs: 500,
    instrumentation: true,
    preparedStatements: true,
    seed: 1,
    pool: { ...POOL_DEFAULTS, poolSize: 1, maxOverflow: 0 },
    database: api,
    ...change,
  };
}

async function portThatRefuses(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('a ready server answers, tells its account and is gone after use', async () => {
  const pid = await withServer(configOf({}), deps, async (server) => {
    expect((await fetch(new URL('/noop', server.url))).status).toBe(200);
    const stats = await server.stats();
    expect(stats.workers).toHaveLength(1);
    expect(stats.workers[0]?.http).toMatchObject({ finished: 1, inFlight: 0 });
    return server.pid;
  });
  expect(() => process.kill(pid, 0)).toThrow('ESRCH');
});

test('what it is told of the database is on its metrics, and an API that is gone is told in vain', async () => {
  const server = await withServer(configOf({}), deps, async (started) => {
    started.showServerSide({
      takenAtMs: machineClockMs(),
      maxConnections: 4_242,
      superuserReserved: 3,
      reserved: 0,
      connections: [{ state: 'idle', worker: '1', connections: 7 }],
      active: [],
      transactions: null,
      budget: { floor: 1, ceiling: 1, usable: 4_238 },
      pgbouncer: null,
    });
    const metrics = async (): Promise<string> =>
      await (await fetch(new URL(ADMIN_PATHS.metrics, started.adminUrl))).text();
    await expect.poll(metrics).toContain(`\n${METRICS.pgMaxConnections} 4242\n`);
    expect(await metrics()).toContain(`${METRICS.pgConnections}{state="idle",worker="1"} 7\n`);
    return started;
  });
  server.showServerSide({
    takenAtMs: machineClockMs(),
    maxConnections: 1,
    superuserReserved: 0,
    reserved: 0,
    connections: [],
    active: [],
    transactions: null,
    budget: { floor: null, ceiling: null, usable: 1 },
    pgbouncer: null,
  });
});

test('an API that stands still in the middle is an expected problem as well', async () => {
  await using cleanup = new AsyncDisposableStack();
  const server = await startServer(configOf({}), deps);
  cleanup.defer(() => server.stop());
  process.kill(server.pid, 'SIGSTOP');
  cleanup.defer(() => {
    process.kill(server.pid, 'SIGCONT');
  });
  await expect(server.stats()).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringMatching(/^the API did not answer on its admin port: /),
  });
});

test('an API that ends in the middle is an expected problem, told with the reason', async () => {
  await using cleanup = new AsyncDisposableStack();
  const server = await startServer(configOf({}), deps);
  cleanup.defer(() => server.stop());
  process.kill(server.pid, 'SIGKILL');
  await expect(server.stats()).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: 'the API ended in the middle (SIGKILL)',
  });
});

test('workers that keep dying after the start are told as a crash loop, with what they said', async () => {
  await using cleanup = new AsyncDisposableStack();
  const server = await startServer(configOf({}), deps);
  cleanup.defer(() => server.stop());
  await expect(killWorkersUntilAnError(server)).rejects.toMatchObject({
    code: 'SERVER_CRASH_LOOP',
    message: expect.stringContaining('died right after their start'),
  });
});

/** Kills each worker as soon as the statistics show it, until they cannot be had any more. */
async function killWorkersUntilAnError(server: ServerProcess): Promise<never> {
  for (;;) {
    const { workers } = await server.stats();
    for (const { alive, pid } of workers) {
      if (alive) killIfThere(pid);
    }
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // It has ended since the statistics were taken.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

test.each([
  ['port', '--port,'],
  ['adminPort', '--admin-port,'],
] as const)('a %s that is taken is named, with the flag to change it', async (field, flag) => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    await expect(startServer(configOf({ [field]: port }), deps)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      exitCode: 3,
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining(flag),
    });
  } finally {
    squatter.close();
  }
});

test('a wrong password is said at once and not tried again', async () => {
  const database: DatabaseConfig = { ...api, password: 'wrong' };
  await expect(startServer(configOf({ database }), deps)).rejects.toMatchObject({
    code: 'DATABASE_AUTH',
    exitCode: 4,
  });
});

test('a database that is not there is named with host and port', async () => {
  const port = await portThatRefuses();
  await expect(startServer(configOf({ database: { ...api, port } }), deps)).rejects.toMatchObject({
    code: 'DATABASE_UNREACHABLE',
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

test('an aborted start leaves no process', async () => {
  const stopping = new AbortController();
  const port = await portThatRefuses();
  const starting = startServer(configOf({ database: { ...api, port } }), {
    ...deps,
    signal: stopping.signal,
  });
  stopping.abort(new Error('stopped by the user'));
  await expect(starting).rejects.toThrow('stopped by the user');
});

test('seeding a database that refuses the role says so in PostgreSQL’s words', async () => {
  const seeding = seedDatabase({
    ...deps,
    owner: { ...superuser, password: 'wrong' },
    apiRole: api.user,
  });
  await expect(seeding).rejects.toMatchObject({
    code: 'SEED_FAILED',
    hint: expect.stringMatching(/^PostgreSQL said: .*password/),
  });
});
