import { Client } from 'pg';
import { expect, inject, onTestFinished } from 'vitest';
import { optional } from '../test/optional.ts';
import { openPgbouncerConsole, type PgbouncerConsole } from './pgbouncer-console.ts';
import {
  detectPgbouncer,
  type Pgbouncer,
  type PgbouncerSettings,
  startPgbouncer,
} from './test/pgbouncer-fixture.ts';

const { api } = inject('postgres');
const pgbouncer = await optional('pgbouncer', detectPgbouncer);

const SMALL = { api, poolMode: 'transaction', defaultPoolSize: 2 } as const;

async function start(settings: PgbouncerSettings = SMALL): Promise<Pgbouncer> {
  const started = await startPgbouncer(settings);
  onTestFinished(() => started[Symbol.asyncDispose]());
  return started;
}

function consoleOf({ api: address }: Pgbouncer): {
  readonly console: PgbouncerConsole;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const console = openPgbouncerConsole({
    address,
    database: address.database,
    warn: (sentence) => void warnings.push(sentence),
    deadlineMs: 500,
  });
  onTestFinished(() => console.close());
  return { console, warnings };
}

/** A client through PgBouncer, ended with the test. */
async function connect(bouncer: Pgbouncer): Promise<Client> {
  const client = new Client(bouncer.api);
  client.on('error', () => {
    // Some tests end PgBouncer under it.
  });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

pgbouncer.test('clients beyond the pool are seen waiting, and then seen served', async () => {
  const bouncer = await start();
  const { console, warnings } = consoleOf(bouncer);
  expect(await console.read()).toEqual({
    clients: { active: 0, waiting: 0 },
    servers: { active: 0, idle: 0, used: 0, tested: 0, login: 0 },
    maxWaitMs: 0,
  });

  const clients = await Promise.all(Array.from({ length: 6 }, () => connect(bouncer)));
  const holding: Client[] = [];
  const beginnings = clients.map(async (client) => {
    await client.query('BEGIN');
    holding.push(client);
  });
  await expect
    .poll(() => console.read())
    .toMatchObject({ clients: { active: 2, waiting: 4 }, servers: { active: 2, idle: 0 } });
  expect(holding).toHaveLength(2);

  const first = await console.read();
  await expect
    .poll(async () => (await console.read())?.maxWaitMs)
    .toBeGreaterThan((first?.maxWaitMs ?? 0) + 50);

  for (let ended = 0; ended < clients.length; ended += 1) {
    await expect.poll(() => holding.length).toBeGreaterThan(ended);
    await holding[ended]?.query('COMMIT');
  }
  await Promise.all(beginnings);
  const rest = await console.read();
  expect(rest).toMatchObject({ clients: { active: 6, waiting: 0 }, maxWaitMs: 0 });
  // Both stay open: idle, or `used` where they wait for their check before the next use.
  expect((rest?.servers.idle ?? 0) + (rest?.servers.used ?? 0)).toBe(2);
  expect(warnings).toEqual([]);
});

pgbouncer.test('it tells its limits, and whether named statements last behind it', async () => {
  const version = pgbouncer.get().version.split('.').map(Number);
  const mayCarry = (version[0] ?? 0) > 1 || (version[1] ?? 0) >= 21;
  for (const poolMode of ['transaction', 'session'] as const) {
    const bouncer = await start({ ...SMALL, poolMode });
    await connect(bouncer);
    const { console } = consoleOf(bouncer);
    const settings = await console.readSettings();
    // PgBouncer's default of 100, without the client above and this very console.
    expect(settings?.limits).toEqual({ mode: poolMode, servers: 2, clients: 98 });
    if (poolMode === 'session') expect(settings?.statementsProblem).toBeNull();
    // From 1.21 on it depends on a setting, whose default has changed since.
    else if (!mayCarry) expect(settings?.statementsProblem).toContain('use PgBouncer 1.21');
  }
});

pgbouncer.test('a user who may not ask the console gets no numbers and a reason', async () => {
  const { console, warnings } = consoleOf(await start({ ...SMALL, statsUsers: ['somebody'] }));
  expect(await console.read()).toBeNull();
  expect(await console.read()).toBeNull();
  expect(warnings).toEqual([expect.stringContaining('stats_users')]);
});

pgbouncer.test('one that answers no more costs a deadline, not the feed', async () => {
  const bouncer = await start();
  const { console, warnings } = consoleOf(bouncer);
  expect(await console.read()).not.toBeNull();
  process.kill(bouncer.pid, 'SIGSTOP');
  expect(await console.read()).toBeNull();
  expect(warnings).toHaveLength(1);
  process.kill(bouncer.pid, 'SIGCONT');
  await expect.poll(() => console.read(), { timeout: 5_000 }).not.toBeNull();
});

pgbouncer.test('one that ended between two questions is found again where it was', async () => {
  const bouncer = await start();
  const { console, warnings } = consoleOf(bouncer);
  expect(await console.read()).not.toBeNull();
  await bouncer[Symbol.asyncDispose]();
  // Within a second of the last attempt it is missing and nothing is said; then the attempt fails.
  await expect
    .poll(async () => ((await console.read()) === null ? warnings.length : null), {
      timeout: 5_000,
    })
    .toBe(1);
  await start({ ...SMALL, port: bouncer.api.port });
  await expect.poll(() => console.read(), { timeout: 5_000 }).not.toBeNull();
});

pgbouncer.test('two who ask at the same time share one question', async () => {
  const { console } = consoleOf(await start());
  const [one, other] = await Promise.all([console.read(), console.read()]);
  expect(one).not.toBeNull();
  expect(other).toBe(one);
});
