import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { expect, inject, onTestFinished } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { POOLER_DEFAULTS, type Pooler } from '../plan/pooler.ts';
import { chooseServerAccount } from '../postgres/account.ts';
import { detectDebianPostgres, withDebianCluster } from '../postgres/test/debian-cluster.ts';
import { createRecordingCustodian, sharedLabParent } from '../postgres/test/lab-parent.ts';
import { identifyProcess } from '../process-table.ts';
import { createRedactor } from '../report/redactor.ts';
import { optional } from '../test/optional.ts';
import { type Pgbouncer, requireFileDescriptors, withPgbouncer } from './pgbouncer.ts';
import { startPgbouncerProcess } from './pgbouncer-process.ts';
import { isAtLeast } from './pgbouncer-program.ts';
import { detectPgbouncer } from './test/pgbouncer-fixture.ts';

const { api, superuser } = inject('postgres');
const installed = await optional('pgbouncer', detectPgbouncer);
const debian = await optional('postgres15', async () => {
  const pooler = await detectPgbouncer();
  return pooler.state === 'absent' ? pooler : await detectDebianPostgres();
});
const shared = sharedLabParent();
const APPLICATION_NAME = 'pool-lab-pgbouncer-test';

async function running<T>(
  pooler: Partial<Pooler>,
  use: (pgbouncer: Pgbouncer, custodian: ReturnType<typeof createRecordingCustodian>) => Promise<T>,
  behind: DatabaseConfig = api,
): Promise<T> {
  const custodian = createRecordingCustodian();
  const result = await withPgbouncer(
    {
      program: installed.get(),
      pooler: { ...POOLER_DEFAULTS, mode: 'transaction', ...pooler },
      database: behind,
      applicationName: APPLICATION_NAME,
    },
    {
      custodian,
      signal: new AbortController().signal,
      redactor: createRedactor(),
      labParent: shared.path,
      warn: (sentence) => expect.unreachable(sentence),
    },
    (pgbouncer) => use(pgbouncer, custodian),
  );
  expect([...custodian.guarded]).toEqual([]);
  return result;
}

async function connect(database: DatabaseConfig): Promise<Client> {
  const client = new Client(database);
  client.on('error', () => {
    // Some tests end PgBouncer under it.
  });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

installed.test('as many clients as were asked for are let in, and not one more', async () => {
  await running({ maxClientConn: 3 }, async ({ database, console }) => {
    // At the console, as in a trial: that takes none of the three places.
    expect(await console.read()).not.toBeNull();
    const clients = await Promise.all([database, database, database].map(connect));
    await expect(connect(database)).rejects.toThrow('no more connections allowed');
    expect(await console.read()).toMatchObject({ clients: { waiting: 0 } });
    await Promise.all(clients.map((client) => client.query('SELECT 1')));
  });
});

installed.test.each(['session', 'transaction'] as const)(
  'whether named statements can be sent to it in %s mode, it says itself',
  async (mode) => {
    await running({ mode }, async ({ carriesStatements, version }) => {
      expect(carriesStatements).toBe(mode === 'session' || isAtLeast(version, '1.21'));
    });
  },
);

installed.test('many clients share its connections, which PostgreSQL shows by name', async () => {
  const monitor = await connect(superuser);
  const named = async (): Promise<number> => {
    const { rows } = await monitor.query(
      'SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1',
      [APPLICATION_NAME],
    );
    return rows[0].n;
  };
  await running({ defaultPoolSize: 2 }, async ({ database, console }) => {
    const before = await console.readTotals();
    const clients = await Promise.all(Array.from({ length: 8 }, () => connect(database)));
    // Two hold what there is, and the others wait for one of them.
    const holding: Client[] = [];
    const work = clients.map(async (client) => {
      await client.query('BEGIN');
      holding.push(client);
    });
    await expect.poll(() => holding.length).toBe(2);
    expect(await named()).toBe(2);
    for (let ended = 0; ended < clients.length; ended += 1) {
      await expect.poll(() => holding.length).toBeGreaterThan(ended);
      await holding[ended]?.query('COMMIT');
    }
    await Promise.all(work);
    expect(await named()).toBe(2);
    const after = await console.readTotals();
    expect((after?.transactions ?? 0) - (before?.transactions ?? 0)).toBe(8);
  });
  await expect.poll(named).toBe(0);
});

installed.test('what it reads is for it alone, and nothing of it is left', async () => {
  const { pid, directory } = await running({}, async ({ pid, database }, { guarded }) => {
    const directory = [...guarded].find((name) => name.startsWith('/')) ?? '';
    expect(guarded).toContain(`process-group ${pid}`);
    for (const name of ['pgbouncer.ini', 'userlist.txt']) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
    }
    expect(database.host).toBe('127.0.0.1');
    if (process.platform === 'linux') {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      expect(argv).not.toContain(api.password);
      const owner = statSync(`/proc/${pid}`).uid;
      expect(owner).toBe(chooseServerAccount().switchTo?.uid ?? process.getuid?.());
    }
    return { pid, directory };
  });
  expect(identifyProcess(pid)).toBeNull();
  expect(() => statSync(directory)).toThrow('ENOENT');
});

debian.test(
  'where the socket of PostgreSQL lets in without a password, its port does not',
  async () => {
    await withDebianCluster(
      { localAuth: 'trust' },
      async ({ superuser, socketDirectory, query }) => {
        await query('CREATE ROLE ann LOGIN');
        const ann = { ...superuser, host: socketDirectory, user: 'ann', password: '' };
        await running(
          {},
          async ({ database }) => {
            const { rows } = await (await connect(database)).query('SELECT current_user AS name');
            expect(rows).toEqual([{ name: 'ann' }]);
            for (const password of ['', 'guessed']) {
              await expect(connect({ ...database, password })).rejects.toThrow();
            }
          },
          ann,
        );
      },
    );
  },
);

installed.test('that it was killed is told at once, with its last lines', async () => {
  await running({}, async ({ pid, ended, database }) => {
    const client = await connect(database);
    await client.query('SELECT 1');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => ended.aborted).toBe(true);
    expect(ended.reason).toMatchObject({
      code: 'POOLER_FAILED',
      message: 'PgBouncer ended in the middle (ended by SIGKILL)',
      hint: expect.stringContaining('process up'),
    });
  });
});

installed.test('one that hangs is ended all the same', async () => {
  const pid = await running({}, async (pgbouncer) => {
    process.kill(pgbouncer.pid, 'SIGSTOP');
    return pgbouncer.pid;
  });
  expect(identifyProcess(pid)).toBeNull();
});

installed.test('a port that somebody else was faster to take is given up for another', async () => {
  const path = join(shared.path, 'taken.ini');
  const ports: number[] = [];
  const listener = createServer();
  onTestFinished(() => void listener.close());
  const asked = {
    program: installed.get(),
    account: chooseServerAccount(),
    configure: (port: number): string => {
      ports.push(port);
      if (ports.length === 1) listener.listen(port, '127.0.0.1');
      const lines = ['[pgbouncer]', 'listen_addr = 127.0.0.1', `listen_port = ${port}`];
      writeFileSync(path, [...lines, 'unix_socket_dir =', 'auth_type = any', ''].join('\n'));
      return path;
    },
  };
  const { signal } = new AbortController();
  const started = await startPgbouncerProcess(asked, {
    custodian: createRecordingCustodian(),
    signal,
  });
  await started.stop();
  expect(ports).toHaveLength(2);
  expect(started.port).toBe(ports[1]);
});

installed.test('a configuration that it does not take is told in its own words', async () => {
  const path = join(shared.path, 'wrong.ini');
  writeFileSync(path, '[pgbouncer]\npool_mode = sometimes\n');
  const asked = {
    program: installed.get(),
    account: chooseServerAccount(),
    configure: () => path,
  };
  const deps = { custodian: createRecordingCustodian(), signal: new AbortController().signal };
  await expect(startPgbouncerProcess(asked, deps)).rejects.toMatchObject({
    code: 'POOLER_FAILED',
    hint: expect.stringContaining('sometimes'),
  });
});

installed.test('fewer open files than it needs are told before a client is left unanswered', () => {
  const log = ['LOG kernel file descriptor limit: 1024 (hard: 1024); max_client_conn: 1001'];
  const pooler = { ...POOLER_DEFAULTS, maxClientConn: 1_000 };
  expect(() => requireFileDescriptors(pooler, log)).toThrow(
    expect.objectContaining({
      code: 'TOO_FEW_FILE_DESCRIPTORS',
      message: expect.stringMatching(/1,?000 .* needs 1052 .* limit is 1024/),
    }),
  );
  requireFileDescriptors({ ...pooler, maxClientConn: 900 }, log);
});
