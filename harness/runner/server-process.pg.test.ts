import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { type DatabaseConfig, POOL_DEFAULTS, type ServerConfig } from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { seedDatabase } from './seeding.ts';
import { type ServerProcessDeps, startServer, withServer } from './server-process.ts';

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
    workers: 1,
    graceMs: 500,
    instrumentation: true,
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

test('a port that is taken is named, with the flag to change it', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  try {
    await expect(startServer(configOf({ port }), deps)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      exitCode: 3,
      message: expect.stringContaining(String(port)),
      hint: expect.stringContaining('--port'),
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
