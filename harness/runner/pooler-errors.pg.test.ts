import { Client } from 'pg';
import { expect, inject } from 'vitest';
import { HEADERS, POOL_DEFAULTS, type ServerConfig } from '../../server/contract.ts';
import { NOTHING_GUARDED } from '../custodian.ts';
import { isAtLeast } from '../pgbouncer/pgbouncer-program.ts';
import {
  detectPgbouncer,
  type Pgbouncer,
  type PgbouncerSettings,
  startPgbouncer,
} from '../pgbouncer/test/pgbouncer-fixture.ts';
import { optional } from '../test/optional.ts';
import { seedDatabase } from './seeding.ts';
import { withServer } from './server-process.ts';

const { api, superuser } = inject('postgres');
const pgbouncer = await optional('pgbouncer', detectPgbouncer);

const deps = {
  baseEnvironment: { PATH: process.env['PATH'] ?? '' },
  custodian: { guard: () => NOTHING_GUARDED },
  signal: new AbortController().signal,
};

type Asked = Omit<PgbouncerSettings, 'api'>;
/** Class and reason of one answer; `ok` without an error. */
type Ask = (path: string) => Promise<string>;

/** The API behind a real PgBouncer that is configured so, without a pool unless it is asked for one. */
async function behind(
  settings: Asked,
  change: Partial<ServerConfig>,
  use: (ask: Ask, bouncer: Pgbouncer) => Promise<void>,
): Promise<void> {
  await using bouncer = await startPgbouncer({ api, ...settings });
  const config: ServerConfig = {
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    allowedHosts: [],
    workers: 1,
    graceMs: 500,
    instrumentation: true,
    preparedStatements: false,
    seed: 1,
    pool: { ...POOL_DEFAULTS, kind: 'null' },
    database: bouncer.api,
    ...change,
  };
  await withServer(config, deps, (server) =>
    use(async (path) => {
      const { headers, status } = await fetch(new URL(path, server.url));
      const errorClass = headers.get(HEADERS.errorClass);
      if (errorClass === null) return status === 200 ? 'ok' : `status ${status}`;
      return `${errorClass} ${headers.get(HEADERS.errorReason) ?? ''}`.trim();
    }, bouncer),
  );
}

const times = (count: number, ask: () => Promise<string>): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: count }, ask));

async function asSuperuser(sql: string): Promise<void> {
  const client = new Client({ ...superuser, database: api.database });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

const TWO = { poolMode: 'transaction', defaultPoolSize: 2 } as const;

pgbouncer.test(
  'a client beyond max_client_conn is refused by PgBouncer, not PostgreSQL',
  async () => {
    await behind({ ...TWO, further: ['max_client_conn = 3'] }, {}, async (ask) => {
      const answers = await times(8, () => ask('/w/hold?ms=200'));
      expect(new Set(answers)).toEqual(new Set(['ok', 'too_many_connections pooler_clients']));
      expect(answers.filter((it) => it === 'ok').length).toBeLessThanOrEqual(3);
    });
  },
);

pgbouncer.test('a client that waits in it for too long is told so', async () => {
  const settings = { ...TWO, defaultPoolSize: 1, further: ['query_wait_timeout = 1'] };
  await behind(settings, {}, async (ask) => {
    const answers = await times(2, () => ask('/w/hold?ms=3000'));
    expect([...answers].sort()).toEqual(['db_unavailable pooler_wait_timeout', 'ok']);
  });
});

pgbouncer.test(
  'a PostgreSQL that lets nobody in behind it is told as far as PgBouncer tells',
  async () => {
    const role = `"${api.user}"`;
    await using _limit = {
      [Symbol.asyncDispose]: () => asSuperuser(`ALTER ROLE ${role} CONNECTION LIMIT -1`),
    };
    await behind({ ...TWO, further: ['query_wait_timeout = 1'] }, {}, async (ask) => {
      expect(await ask('/w/hold?ms=1')).toBe('ok');
      await asSuperuser(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
      await asSuperuser(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${api.user}'`,
      );
      const seen = new Set<string>();
      await expect
        .poll(
          async () => {
            seen.add(await ask('/w/hold?ms=1'));
            return [...seen];
          },
          { timeout: 8_000 },
        )
        // Newer ones say why; older ones only that it has been failing.
        .toContainEqual(
          isAtLeast(pgbouncer.get().version, '1.21')
            ? 'too_many_connections role_limit'
            : 'db_unavailable pooler_login_failing',
        );
    });
  },
);

pgbouncer.test(
  'statements without names go through every mode, and named ones fail as they do',
  async () => {
    await seedDatabase({ owner: superuser, apiRole: api.user, ...deps });
    const carries = isAtLeast(pgbouncer.get().version, '1.21');
    const pool = { ...POOL_DEFAULTS, poolSize: 4, maxOverflow: 0 };
    const twoAtOnce = async (ask: Ask): Promise<ReadonlySet<string>> => {
      const answers = new Set<string>();
      for (let round = 0; round < 5; round += 1) {
        for (const answer of await times(8, () => ask('/w/point'))) answers.add(answer);
      }
      return answers;
    };
    await behind(TWO, { pool, preparedStatements: false }, async (ask) => {
      expect(await twoAtOnce(ask)).toEqual(new Set(['ok']));
      for (const path of [
        '/w/hot',
        '/w/stream?rows=600',
        '/w/remote-call?ms=1&tx=true',
        '/w/fan-out',
      ]) {
        expect([path, ...new Set(await times(6, () => ask(path)))]).toEqual([path, 'ok']);
      }
    });
    await behind(TWO, { pool, preparedStatements: true }, async (ask) => {
      const answers = await twoAtOnce(ask);
      if (carries) expect(answers).toEqual(new Set(['ok']));
      else
        expect([...answers].some((it) => /^sql_error statement_(taken|missing)$/.test(it))).toBe(
          true,
        );
    });
  },
);
