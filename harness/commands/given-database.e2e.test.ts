import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { generateServerCertificate } from '../postgres/certificate.ts';
import { detectDebianPostgres, withDebianCluster } from '../postgres/test/debian-cluster.ts';
import { databaseUrl } from '../postgres/test/foreign-server.ts';
import { startCli } from '../test/cli-child.ts';
import { optional } from '../test/optional.ts';

const debian = await optional('postgres15', detectDebianPostgres);

const PASSWORD = 'canary-Kx7-ann';
/** 2 × (8+4) connections under a load that opens them all. */
const POOLS = [
  ...['run', '--postgres', 'url', '--json', '--workers', '2', '--pool-size', '8'],
  ...['--max-overflow', '4', '--workload', 'hold', '--param', 'ms=30', '--connections', '40'],
];
const LOAD = [...POOLS, '--warmup', '200ms', '--duration', '1500ms', '--drain', '2s'];

async function ran(line: readonly string[], env: Readonly<Record<string, string>>) {
  const { seen, ended } = startCli(line, env);
  const { code } = await ended;
  expect(seen.stdout + seen.stderr).not.toContain('canary');
  return { code, result: JSON.parse(seen.stdout), stderr: seen.stderr };
}

/** Whoever follows libpq's variables ends here, and is counted. */
async function openTrap() {
  let visitors = 0;
  const server = createServer((socket) => {
    visitors += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const env = {
    PGHOST: '127.0.0.1',
    PGHOSTADDR: '127.0.0.1',
    PGPORT: String(port),
    PGUSER: 'trap',
    PGPASSWORD: 'trap',
    PGDATABASE: 'trap',
    PGSSLMODE: 'disable',
    PGSERVICE: 'trap',
    PGOPTIONS: '-c statement_timeout=1 -c default_transaction_read_only=on',
    PGAPPNAME: 'trap',
    PGREPLICATION: 'database',
  };
  return { env, visitors: () => visitors };
}

debian.test(
  'an ordinary role measures by TLS what was predicted, and exhausts the server by consent alone',
  async () => {
    const { authority, ...tls } = await generateServerCertificate();
    const directory = mkdtempSync(join(tmpdir(), 'pool-lab-authority-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const authorityPath = join(directory, 'authority.pem');
    writeFileSync(authorityPath, authority);
    const trap = await openTrap();
    await withDebianCluster({ tls, settings: { max_connections: 17 } }, async (cluster) => {
      await cluster.query(`CREATE ROLE ann LOGIN PASSWORD '${PASSWORD}'`);
      await cluster.query('GRANT CREATE ON DATABASE postgres TO ann');
      const ann = { ...cluster.superuser, host: 'localhost', user: 'ann', password: PASSWORD };
      const checked = `sslmode=verify-full&sslrootcert=${encodeURIComponent(authorityPath)}`;
      const env = { ...trap.env, DATABASE_URL: `${databaseUrl(ann)}?${checked}` };

      const refused = await ran(LOAD, env);
      expect(refused).toMatchObject({ code: 5, result: { error: { code: 'REFUSED_EXHAUSTION' } } });
      expect(refused.result.error.message).toContain(
        '2 × (8+4) opens up to 24 of 13 usable (max_connections 17 − 3 reserved − 1 of others and the monitor)',
      );

      // The authority is known to Node itself this time: to the harness, and to the API that it starts.
      const { result, stderr } = await ran([...LOAD, '--exhaust'], {
        ...trap.env,
        NODE_EXTRA_CA_CERTS: authorityPath,
        DATABASE_URL: `${databaseUrl(ann)}?sslmode=verify-full`,
      });
      const trial = measuredTrialSchema.parse(result);
      expect(trial).toMatchObject({
        plan: { postgres: { transport: 'tls' } },
        // The monitor's is an ordinary slot as well, and all others are taken.
        budget: { others: 1, predicted: { usable: 13 }, predictedRefusals: true, agrees: true },
        connections: { peakWorkers: 13 },
      });
      expect(trial.refusals.byReason['superuser_reserved']).toBeGreaterThan(0);
      expect(trial.environment.postgres?.seesOthers).toBe(false);
      expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
      expect(stderr).toContain('the API connects as ann itself');
      expect(stderr).toContain('NOT SEEN: what the sessions of others do');
      expect(trap.visitors()).toBe(0);
    });
  },
);

debian.test('by a socket that knows who asks, the API needs a line of its own', async () => {
  await withDebianCluster({ localAuth: 'peer' }, async ({ query, socketDirectory, superuser }) => {
    const { username } = userInfo();
    await query(`CREATE ROLE "${username}" LOGIN CREATEROLE`);
    await query(`GRANT CREATE ON DATABASE postgres TO "${username}"`);
    const place = `host=${encodeURIComponent(socketDirectory)}&port=${superuser.port}`;
    const env = { DATABASE_URL: `postgres://${username}@/postgres?${place}` };
    const line = [...POOLS, '--warmup', '0', '--duration', '300ms'];

    const refused = await ran(line, env);
    expect(refused).toMatchObject({ code: 4, result: { error: { code: 'DATABASE_AUTH' } } });
    expect(refused.result.error.hint).toContain('local postgres pool_lab_api scram-sha-256');

    // As the role that was given, it is let in as that is.
    await query(`ALTER ROLE "${username}" NOCREATEROLE`);
    const { result } = await ran(line, env);
    expect(measuredTrialSchema.parse(result)).toMatchObject({
      plan: { postgres: { transport: 'socket' } },
      budget: { agrees: true, observedRefusals: false },
    });
  });
});
