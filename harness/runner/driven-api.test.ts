import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { expect, test, vi } from 'vitest';
import { ADMIN_PATHS, METRICS, POOL_DEFAULTS, type ServerStats } from '../../server/contract.ts';
import { worker } from '../analysis/test/observations.ts';
import { openDrivenApi } from './driven-api.ts';

const CONFIG = {
  product: 'pool-lab',
  workers: 2,
  instrumentation: true,
  preparedStatements: true,
  seed: 1,
  pool: POOL_DEFAULTS,
};

/** An admin port that says what it is told to. */
async function fakeAdmin(answers: Map<string, string>) {
  const server: Server = createServer((request, response) => {
    const text = answers.get(request.url ?? '');
    if (text?.startsWith('→')) response.writeHead(302, { location: text.slice(1) }).end();
    else response.writeHead(text === undefined ? 404 : 200).end(text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${address.port}`, close, [Symbol.asyncDispose]: close };
}

function answersOf(config: object, stats: ServerStats): Map<string, string> {
  return new Map<string, string>([
    [ADMIN_PATHS.config, JSON.stringify(config)],
    [ADMIN_PATHS.stats, JSON.stringify(stats)],
    [ADMIN_PATHS.metrics, ''],
    [ADMIN_PATHS.health, 'ok'],
  ]);
}

const statsOf = (changes: Partial<ServerStats> = {}): ServerStats => ({
  workers: [worker(1, 100), worker(2, 100)],
  crashes: 0,
  primaryCpuMs: 50,
  ...changes,
});

const open = (adminUrl: string) =>
  openDrivenApi(
    { url: 'http://127.0.0.1:1', adminUrl },
    { signal: new AbortController().signal, watchEveryMs: 10 },
  );

test('it says what it is, and whether somebody tells it of its database and a PgBouncer', async () => {
  const answers = answersOf(CONFIG, statsOf());
  await using admin = await fakeAdmin(answers);
  const alone = await open(admin.url);
  expect(alone).toMatchObject({ description: CONFIG, showsDatabase: false });
  alone.close();
  answers.set(ADMIN_PATHS.metrics, `# HELP …\n${METRICS.pgMaxConnections} 30\n`);
  const told = await open(admin.url);
  expect(told).toMatchObject({ showsDatabase: true, showsPgbouncer: false });
  told.close();
  answers.set(ADMIN_PATHS.metrics, `${METRICS.pgbouncerMaxWaitSeconds} 0\n`);
  const pooled = await open(admin.url);
  expect(pooled.showsPgbouncer).toBe(true);
  pooled.close();
});

test.each([
  ['another service', { name: 'my-service' }, 'is no API of this pool-lab'],
  [
    'one that is configured otherwise',
    { ...CONFIG, pool: { size: 5 } },
    'is no API of this pool-lab',
  ],
])('%s is not put under load', async (_, config, message) => {
  await using admin = await fakeAdmin(answersOf(config, statsOf()));
  await expect(open(admin.url)).rejects.toMatchObject({
    code: 'REFUSED_TARGET',
    exitCode: 5,
    message: expect.stringContaining(message),
  });
});

test('nobody is followed elsewhere', async () => {
  await using there = await fakeAdmin(answersOf(CONFIG, statsOf()));
  const answers = answersOf(CONFIG, statsOf());
  answers.set(ADMIN_PATHS.config, `→${there.url}${ADMIN_PATHS.config}`);
  await using admin = await fakeAdmin(answers);
  await expect(open(admin.url)).rejects.toMatchObject({ code: 'SERVER_NOT_READY' });
});

test('what it has done is told after an interruption too, for what was measured until then', async () => {
  await using admin = await fakeAdmin(answersOf(CONFIG, statsOf()));
  const interruption = new AbortController();
  const api = await openDrivenApi(
    { url: 'http://127.0.0.1:1', adminUrl: admin.url },
    { signal: interruption.signal },
  );
  interruption.abort(new Error('Ctrl-C'));
  expect((await api.stats()).workers).toHaveLength(2);
  api.close();
  await expect(api.stats()).rejects.toThrow();
});

test('a worker that crashed meanwhile is a death, by its id', async () => {
  const answers = answersOf(CONFIG, statsOf());
  await using admin = await fakeAdmin(answers);
  const api = await open(admin.url);
  await api.stats();
  expect(api.deaths).toEqual([]);
  const dead = { ...worker(2, 125), alive: false };
  const later = statsOf({ workers: [worker(1, 200), dead, worker(3, 25)], crashes: 1 });
  answers.set(ADMIN_PATHS.stats, JSON.stringify(later));
  await api.stats();
  expect(api.deaths.map(({ worker: id }) => id)).toEqual([2]);
  await api.stats();
  expect(api.deaths).toHaveLength(1);
  api.close();
});

test('one that was started anew in the middle is told from one that goes on', async () => {
  const answers = answersOf(CONFIG, statsOf({ primaryCpuMs: 500 }));
  await using admin = await fakeAdmin(answers);
  const api = await open(admin.url);
  await api.stats();
  answers.set(ADMIN_PATHS.stats, JSON.stringify(statsOf({ primaryCpuMs: 20 })));
  await expect(api.stats()).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringContaining('started anew'),
  });
  api.close();
});

test('one whose admin port answers no more has ended, and says so to whoever asks', async () => {
  const admin = await fakeAdmin(answersOf(CONFIG, statsOf()));
  const api = await open(admin.url);
  expect(api.ended.aborted).toBe(false);
  await admin.close();
  await once(api.ended, 'abort');
  expect(api.ended.reason).toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  await expect(api.stats()).rejects.toBe(api.ended.reason);
  api.close();
});

test('two answers in a row that fail are an accident, however often it happens', async () => {
  const answers = answersOf(CONFIG, statsOf());
  let asked = 0;
  const accidental = new (class extends Map<string, string> {
    override get(path: string): string | undefined {
      if (path !== ADMIN_PATHS.health) return answers.get(path);
      asked += 1;
      return asked % 3 === 0 ? 'ok' : undefined;
    }
  })();
  await using admin = await fakeAdmin(accidental);
  const api = await open(admin.url);
  await vi.waitFor(() => expect(asked).toBeGreaterThan(9), { timeout: 5_000 });
  expect(api.ended.aborted).toBe(false);
  api.close();
});

test('an answer without an end is not read to the end', async () => {
  const answers = answersOf(CONFIG, statsOf());
  answers.set(ADMIN_PATHS.config, ' '.repeat(5 * 1024 * 1024) + JSON.stringify(CONFIG));
  await using admin = await fakeAdmin(answers);
  await expect(open(admin.url)).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringContaining('more than'),
  });
});
