import { Client } from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { openMonitor } from '../runner/monitor.ts';
import { lookAtForeignDatabase } from './foreign-database.ts';
import { connectWhenReady } from './readiness.ts';
import { type ForeignServer, withForeignServer } from './test/foreign-server.ts';
import { createUrlPostgres } from './url.ts';

const STRICT = { allowRemoteDb: null, sharedDbOk: false };

function lookAt(owner: DatabaseConfig, sharedDbOk = false) {
  return lookAtForeignDatabase({
    owner,
    apiVia: null,
    consent: { ...STRICT, sharedDbOk },
    drivesTheApi: false,
    signal: new AbortController().signal,
    warn: () => undefined,
  });
}

/** What a lab does with it, in short: the role is there for the time of `use`. */
async function started(owner: DatabaseConfig, use: (api: DatabaseConfig) => Promise<void>) {
  const database = await lookAt(owner);
  const provider = createUrlPostgres(database, { warn: () => undefined });
  const postgres = await provider.start(database.settings, new AbortController().signal);
  try {
    await use(postgres.api);
  } finally {
    await postgres.stop();
  }
}

async function whoAmI(address: DatabaseConfig): Promise<unknown> {
  const client = new Client(address);
  try {
    await client.connect();
    const { rows } = await client.query(
      'SELECT current_user AS role, current_setting($1) AS super',
      ['is_superuser'],
    );
    return rows[0];
  } finally {
    await client.end();
  }
}

const superRole = { role: 'pool_lab_api', super: 'off' };

async function apiRole({ query }: ForeignServer): Promise<Record<string, unknown> | undefined> {
  const [row] = await query(`
    SELECT rolcanlogin, rolpassword IS NULL AS locked, shobj_description(oid, 'pg_authid') AS mark
      FROM pg_authid WHERE rolname = 'pool_lab_api'`);
  return row;
}

test('a way of the API’s that leaves the machine unencrypted is told', async () => {
  await withForeignServer({}, async ({ superuser }) => {
    const lookAtVia = async (host: string): Promise<readonly string[]> => {
      const told: string[] = [];
      await lookAtForeignDatabase({
        owner: superuser,
        apiVia: { host, port: 6_432 },
        consent: STRICT,
        drivesTheApi: false,
        signal: new AbortController().signal,
        warn: (sentence) => told.push(sentence),
        lookupAll: async (name) => [
          { address: name === 'pool.test' ? '192.0.2.1' : '127.0.0.1', family: 4 },
        ],
      });
      return told;
    };
    expect(await lookAtVia('pool.test')).toEqual([
      'what the API and pool.test say to each other is not encrypted',
    ]);
    expect(await lookAtVia('localhost')).toEqual([]);
  });
});

test('the API’s role is made, has another password each time, and nobody logs in as it in between', async () => {
  await withForeignServer(
    { maxConnections: 17, superuserReservedConnections: 2 },
    async (server) => {
      const seen: DatabaseConfig[] = [];
      for (let time = 0; time < 2; time += 1) {
        await started(server.superuser, async (api) => {
          expect(await whoAmI(api)).toEqual(superRole);
          seen.push(api);
        });
        expect(await apiRole(server)).toEqual({
          rolcanlogin: false,
          locked: true,
          mark: expect.stringMatching(/^Belongs to pool-lab/),
        });
      }
      expect(new Set(seen.map(({ password }) => password)).size).toBe(2);
      expect((await lookAt(server.superuser)).settings).toEqual({
        maxConnections: 17,
        superuserReservedConnections: 2,
        reservedConnections: 0,
        transport: 'tcp',
        extra: {},
      });
    },
  );
});

test('a role that the lab did not make, or that was given more, is left alone', async () => {
  await withForeignServer({}, async (server) => {
    const { query, superuser } = server;
    const refused = (message: RegExp) =>
      expect(started(superuser, async () => undefined)).rejects.toMatchObject({
        code: 'REFUSED_FOREIGN_ROLE',
        exitCode: 5,
        message: expect.stringMatching(message),
      });
    await query("CREATE ROLE pool_lab_api LOGIN PASSWORD 'theirs'");
    await refused(/that the lab did not make/);
    expect(await apiRole(server)).toEqual({ rolcanlogin: true, locked: false, mark: null });

    await query('DROP ROLE pool_lab_api');
    await started(superuser, async () => undefined);
    await query('ALTER ROLE pool_lab_api CREATEDB');
    await refused(/more than an ordinary one/);
    expect(await apiRole(server)).toMatchObject({ rolcanlogin: false });

    await query('ALTER ROLE pool_lab_api NOCREATEDB');
    await query('GRANT pg_read_all_data TO pool_lab_api');
    await refused(/more than an ordinary one/);
    await query('REVOKE pg_read_all_data FROM pool_lab_api');
    await query('REVOKE CONNECT ON DATABASE pool_lab FROM PUBLIC');
    await expect(started(superuser, async () => undefined)).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: 'the role pool_lab_api may not connect to the database pool_lab',
    });
    // All or nothing: what was refused has changed nothing.
    expect(await apiRole(server)).toMatchObject({ rolcanlogin: false });
  });
});

test('nothing that others made in the database is run with the rights of the role that was given', async () => {
  await withForeignServer({}, async ({ query, superuser }) => {
    await query(`
      CREATE FUNCTION public.pg_advisory_xact_lock(integer) RETURNS void LANGUAGE plpgsql
        AS $$BEGIN RAISE 'somebody''s function ran as %', current_user; END$$`);
    await started(superuser, async (api) => expect(await whoAmI(api)).toEqual(superRole));

    // Before all that is PostgreSQL's own, where the database's owner says so.
    await query(`
      CREATE SCHEMA theirs;
      CREATE VIEW theirs.pg_roles AS SELECT 1 / (random() * 0)::integer AS rolname;
      ALTER DATABASE pool_lab SET search_path = theirs, pg_catalog`);
    await started(superuser, async (api) => expect(await whoAmI(api)).toEqual(superRole));
  });
});

test('a PGSSLMODE meant for other servers changes nothing', async () => {
  await withForeignServer({}, async ({ superuser }) => {
    vi.stubEnv('PGSSLMODE', 'require');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    await started(superuser, async () => undefined);
    const monitor = await openMonitor({ superuser, api: superuser });
    await monitor.close();
    await connectWhenReady(superuser, new AbortController().signal, async () => undefined);
  });
});

test('sessions of others are seen before anything is done, and what is gone in a moment is waited for', async () => {
  await withForeignServer({}, async ({ superuser }) => {
    const other = new Client({ ...superuser, application_name: 'billing' });
    await other.connect();
    await expect(lookAt(superuser)).rejects.toMatchObject({
      code: 'REFUSED_SHARED_DATABASE',
      message: 'others use this PostgreSQL: 1 session, 1 × billing (role postgres)',
    });
    await expect(lookAt(superuser, true)).resolves.toMatchObject({ version: expect.any(String) });
    const looking = lookAt(superuser);
    await expect
      .poll(async () => {
        const { rows } = await other.query(`
          SELECT FROM pg_stat_activity
           WHERE application_name = 'pool-lab-monitor-look' AND state = 'idle' AND query ~ 'usename IS NOT NULL'`);
        return rows.length;
      })
      .toBe(1);
    await other.end();
    await expect(looking).resolves.toMatchObject({ drivesTheApi: false });
  });
});

test('a wrong password, a database that is not there, and no server at all are told apart', async () => {
  await withForeignServer({}, async ({ superuser }) => {
    const password = 'not-the-password';
    const wrong = lookAt({ ...superuser, password });
    await expect(wrong).rejects.toMatchObject({ code: 'DATABASE_AUTH' });
    await expect(wrong).rejects.not.toThrow(password);
    await expect(lookAt({ ...superuser, database: 'nothing' })).rejects.toMatchObject({
      code: 'DATABASE_AUTH',
      message: expect.stringContaining('3D000'),
    });
    await expect(lookAt({ ...superuser, port: 1 })).rejects.toMatchObject({
      code: 'DATABASE_UNREACHABLE',
    });
  });
});
