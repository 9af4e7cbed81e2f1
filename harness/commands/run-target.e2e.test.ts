import { createServer, type RequestListener } from 'node:http';
import pg from 'pg';
import { expect, test } from 'vitest';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { withForeignServer } from '../postgres/test/foreign-server.ts';
import { listening } from '../service/test/listening.ts';
import { startCli } from '../test/cli-child.ts';

const SHORT = ['--connections', '4', '--warmup', '0', '--duration', '1s', '--drain', '1s'];

async function ran(line: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { seen, ended } = startCli(['run', ...line], env);
  const { code } = await ended;
  return { code, stdout: seen.stdout, stderr: seen.stderr };
}

/** Somebody's service, for the time of a test. */
const serving = (listener: RequestListener): ReturnType<typeof listening> =>
  listening(createServer(listener));

test('a service that runs already is measured by its answers alone where its database is not named', async () => {
  const asked = new Map<string, number>();
  await using service = await serving(({ method, url }, response) => {
    const name = `${method} ${url}`;
    if (url !== '/metrics') asked.set(name, (asked.get(name) ?? 0) + 1);
    response.writeHead(url === '/orders' ? 200 : 404).end();
  });
  const what = ['--request', 'GET /orders@3', '--request', 'POST /orders'];
  const { code, stdout, stderr } = await ran([
    ...['--target', service.origin, ...what, ...SHORT, '--json'],
    ...['--threshold', 'errors.total==0'],
  ]);
  const trial = measuredTrialSchema.parse(JSON.parse(stdout));
  expect(trial).toMatchObject({
    plan: { service: { kind: 'running', origin: service.origin, shapeKnown: false } },
    verdict: 'DEGRADED',
    budget: null,
    connections: null,
    transport: null,
    environment: { postgres: null },
    cpuMs: { postgres: null, api: null },
    api: { target: service.origin },
    thresholds: [{ met: true }],
    service: { process: null, metrics: null, sessions: [], refusalsLogged: null, said: null },
  });
  expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(code).toBe(0);
  expect(stderr).not.toContain('PostgreSQL');
  // One of each before the load, and nothing else but it.
  const all = [...asked.values()].reduce((sum, count) => sum + count, 0);
  expect(all).toBe(trial.attempts.started + 2);
  expect([...asked.keys()].toSorted()).toEqual(['GET /orders', 'POST /orders']);
  const orders = trial.service?.requests.find(({ name }) => name === 'GET /orders');
  expect(orders?.ok).toBe((asked.get('GET /orders') ?? 0) - 1);
});

test('its database is watched where DATABASE_URL names it, and nothing in it is touched', async () => {
  await withForeignServer({ maxConnections: 21 }, async ({ url, superuser, query }) => {
    const pool = new pg.Pool({ connectionString: url, max: 3, application_name: 'orders' });
    pool.on('error', () => undefined);
    try {
      await using service = await serving((_, response) => {
        pool.query('SELECT 1').then(
          () => response.writeHead(200).end(),
          () => response.writeHead(500).end(),
        );
      });
      const env = { DATABASE_URL: url };
      const there = ['--target', service.origin, '--postgres', 'url', ...SHORT, '--json'];

      const shape = ['--workers', '1', '--pool-size', '3'];
      const { stdout, stderr } = await ran([...there, ...shape], env);
      const trial = measuredTrialSchema.parse(JSON.parse(stdout));
      expect(trial).toMatchObject({
        plan: { postgres: { maxConnections: 21 }, service: { shapeKnown: true } },
        environment: { postgres: { provider: 'url' } },
        api: { target: service.origin },
        budget: {
          others: 1,
          predicted: { ceiling: 3, usable: 17 },
          predictedRefusals: false,
          agrees: true,
        },
        connections: { peakWorkers: 3 },
        service: { process: null, sessions: [{ applicationName: 'orders', peak: 3 }] },
      });
      expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
      expect(Object.keys(trial.phasesMs).toSorted()).toEqual(['measure', 'stats', 'warmup']);
      expect(stdout + stderr).not.toContain(superuser.password);

      expect((await fetch(service.origin)).status).toBe(200);
      expect(await query("SELECT nspname FROM pg_namespace WHERE nspname = 'pool_lab'")).toEqual(
        [],
      );
      expect(await query("SELECT rolname FROM pg_roles WHERE rolname = 'pool_lab_api'")).toEqual(
        [],
      );
    } finally {
      await pool.end();
    }
  });
});
