import { Client } from 'pg';
import { expect, test } from 'vitest';
import type { DatabaseConfig } from '../../server/contract.ts';
import { openMonitor } from '../runner/monitor.ts';
import { optional } from '../test/optional.ts';
import { clientOptions } from './client-options.ts';
import { lookAtForeignDatabase } from './foreign-database.ts';
import { detectDebianPostgres, withDebianCluster } from './test/debian-cluster.ts';
import { type ForeignServer, withForeignServer } from './test/foreign-server.ts';
import { createUrlPostgres } from './url.ts';
import { WORKER_SESSIONS } from './watched-sessions.ts';

const debian = await optional('postgres15', detectDebianPostgres);

async function lookAt(owner: DatabaseConfig, warned: string[] = []) {
  return await lookAtForeignDatabase({
    owner,
    apiVia: null,
    consent: { allowRemoteDb: null, sharedDbOk: true },
    drivesTheApi: false,
    signal: new AbortController().signal,
    warn: (sentence) => warned.push(sentence),
  });
}

/** Somebody without any right but to connect. */
async function createAnn({ query, superuser }: ForeignServer): Promise<DatabaseConfig> {
  await query(`CREATE ROLE "Ann's" LOGIN PASSWORD 'ann-has-a-password'`);
  return { ...superuser, user: "Ann's", password: 'ann-has-a-password' };
}

/** Each right more makes one thing less that is said, or that is done by the given role itself. */
async function worksWithFewerRights(server: ForeignServer): Promise<void> {
  const { query, superuser } = server;
  const { database } = superuser;
  const ann = await createAnn(server);
  await expect(lookAt(ann)).rejects.toMatchObject({
    code: 'DATABASE_UNUSABLE',
    exitCode: 4,
    message: `the role Ann's lacks the right to make a schema in ${database}`,
    hint: expect.stringContaining(`GRANT CREATE ON DATABASE "${database}" TO "Ann's"`),
  });

  await query(`GRANT CREATE ON DATABASE "${database}" TO "Ann's"`);
  const itself = expect.stringContaining("the API connects as Ann's itself");
  const notSeen = expect.stringContaining('NOT SEEN: what the sessions of others do');
  expect(await usedBy(ann, superuser)).toEqual({ api: "Ann's", warned: [itself, notSeen] });
  await query(`ALTER ROLE "Ann's" CONNECTION LIMIT 7`);
  const limited = expect.stringContaining("the role Ann's may have 7 connections");
  const { warned } = await usedBy(ann, superuser);
  expect(warned).toEqual([itself, limited, notSeen]);
  await query(`ALTER ROLE "Ann's" CREATEROLE`);
  expect(await usedBy(ann, superuser)).toEqual({ api: 'pool_lab_api', warned: [notSeen] });
  await query(`GRANT pg_read_all_stats TO "Ann's"`);
  expect(await usedBy(ann, superuser)).toEqual({ api: 'pool_lab_api', warned: [] });
}

/** The lab's part: who the API is, whether the monitor sees it, and whether it counts all others. */
async function usedBy(owner: DatabaseConfig, superuser: DatabaseConfig) {
  const warned: string[] = [];
  const database = await lookAt(owner, warned);
  const other = new Client(clientOptions(superuser));
  await other.connect();
  const provider = createUrlPostgres(database, { warn: (sentence) => warned.push(sentence) });
  const postgres = await provider.start(database.settings, new AbortController().signal);
  const api = new Client({ ...clientOptions(postgres.api), application_name: 'pool-lab-worker-1' });
  try {
    await api.connect();
    await api.query('BEGIN');
    const monitor = await openMonitor(postgres);
    const { groups } = (await monitor.backendsNow(0)) ?? { groups: [] };
    const seen = groups.map(({ applicationName, state }) => [applicationName, state]);
    expect(seen).toContainEqual(['pool-lab-worker-1', 'idle in transaction']);
    // The monitor, and a session whose state may be hidden.
    expect(database.others).toBe(1);
    expect(await monitor.countOthers(WORKER_SESSIONS)).toBe(2);
    await monitor.close();
    const { rows } = await api.query('SELECT current_user AS role');
    return { api: rows[0].role, warned };
  } finally {
    await api.end();
    await other.end();
    await postgres.stop();
  }
}

test('with fewer rights it works, and says what is then missing', async () => {
  await withForeignServer({}, worksWithFewerRights);
});

debian.test('so it does on PostgreSQL 15, where roles are made by other rules', async () => {
  await withDebianCluster({}, worksWithFewerRights);
});

test('a schema that another made serves a role that may not make one', async () => {
  await withForeignServer({}, async (server) => {
    const { query } = server;
    const ann = await createAnn(server);
    await query(`
      CREATE SCHEMA pool_lab;
      COMMENT ON SCHEMA pool_lab IS 'Belongs to pool-lab, which may drop it with everything in it. Version: 1';
      CREATE TABLE pool_lab.accounts (id integer)`);
    const refused = { code: 'DATABASE_UNUSABLE' };
    await expect(lookAt(ann)).rejects.toMatchObject(refused);
    await query(`GRANT USAGE ON SCHEMA pool_lab TO "Ann's"`);
    await query(`GRANT SELECT, INSERT, UPDATE ON pool_lab.accounts TO "Ann's"`);
    await expect(lookAt(ann)).rejects.toMatchObject(refused);
    await query(`GRANT DELETE ON pool_lab.accounts TO "Ann's"`);
    await expect(lookAt(ann)).resolves.toMatchObject({ apiRole: "Ann's" });

    // An API must not take what is reserved.
    await query(`GRANT pg_use_reserved_connections TO "Ann's"`);
    await expect(lookAt(ann)).rejects.toMatchObject({
      ...refused,
      message: expect.stringContaining('takes reserved slots'),
    });

    // Somebody else's of that name is none.
    await query(`REVOKE pg_use_reserved_connections FROM "Ann's"`);
    await query(`COMMENT ON SCHEMA pool_lab IS 'ours'`);
    await expect(lookAt(ann)).rejects.toMatchObject(refused);
  });
});
