import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { measuredTrialSchema } from '../analysis/trial-result.ts';
import { withForeignServer } from '../postgres/test/foreign-server.ts';
import { startCli } from '../test/cli-child.ts';

/** A short load that fits everywhere. */
const LOAD = '--workload hold --param ms=5 --connections 4 --warmup 0 --duration 1s --json'.split(
  ' ',
);

async function ran(line: readonly string[], env: Readonly<Record<string, string>>) {
  const { seen, ended } = startCli(['run', ...line], env);
  const { code } = await ended;
  return { code, stdout: seen.stdout, all: seen.stdout + seen.stderr };
}

test('a run on a database that is there already says what it saw, and nothing of what it could not', async () => {
  await withForeignServer({ maxConnections: 21 }, async ({ url, superuser, query }) => {
    const line = ['--postgres', 'url', '--workers', '1', '--pool-size', '2', ...LOAD];
    const { stdout, all } = await ran(line, { DATABASE_URL: url });
    const trial = measuredTrialSchema.parse(JSON.parse(stdout));
    expect(trial).toMatchObject({
      plan: { postgres: { maxConnections: 21, superuserReservedConnections: 3 } },
      environment: { postgres: { provider: 'url', fileSystem: null } },
      cpuMs: { postgres: null },
      api: { target: null, via: null },
      budget: { others: 1, agrees: true },
    });
    expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(all).not.toContain(superuser.password);
    expect(
      await query("SELECT usename FROM pg_stat_activity WHERE usename = 'pool_lab_api'"),
    ).toEqual([]);

    const other = await ran(['--postgres', 'url', '--max-connections', '20'], {
      DATABASE_URL: url,
    });
    expect(other).toMatchObject({ code: 2, stdout: '' });
    expect(other.all).toContain('there it is 21');
  });
});

test('another machine is refused before anything is sent to it, and its password stays hidden', async () => {
  const url = 'postgres://ann:canary-Kx7-secret@192.0.2.1:5432/app';
  const refused = await ran(['--postgres', 'url', '--allow-remote-db', 'localhost', '--json'], {
    DATABASE_URL: url,
  });
  expect(refused.code).toBe(5);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'REFUSED_REMOTE_DATABASE' } });
  expect(refused.all).not.toContain('canary');
});

test('an API that runs already is driven by its own shape, and goes on afterwards', async () => {
  await withForeignServer({ maxConnections: 21 }, async ({ url }) => {
    const env = { DATABASE_URL: url };
    const shape = ['--workers', '2', '--pool-size', '3', '--max-overflow', '1'];
    const up = startCli(['up', '--json', '--postgres', 'url', ...shape], env);
    await up.said(/^{"url":.*\n/);
    const { url: target, adminUrl } = JSON.parse(up.seen.stdout);
    const there = ['--postgres', 'url', '--target', target, '--target-admin', adminUrl];

    const { stdout } = await ran([...there, ...LOAD], env);
    const trial = measuredTrialSchema.parse(JSON.parse(stdout));
    expect(trial).toMatchObject({
      plan: { workers: 2, pool: { poolSize: 3, maxOverflow: 1 } },
      api: { target, via: null },
      // Its monitor and this one's.
      budget: { others: 2, predicted: { ceiling: 8, usable: 16 } },
    });
    expect(trial.requests.ok).toBeGreaterThan(0);
    expect(trial.connections?.peakWorkers).toBeGreaterThan(0);
    const laws = trial.laws.map(({ name }) => name);
    expect(laws).toContain('one database');
    expect(laws).not.toContain('nothing left behind');
    expect(trial.laws.filter(({ holds }) => !holds)).toEqual([]);
    expect(Object.keys(trial.phasesMs).sort()).toEqual(['measure', 'stats', 'warmup']);

    const contradicted = await ran([...there, '--workers', '3'], env);
    expect(contradicted.code).toBe(2);
    expect(contradicted.all).toMatch(/--workers "3" is not what the API at .* runs with: 2/);

    // Another service behind the address, with the admin port of the lab's own API.
    const stranger = createServer((_request, response) => void response.writeHead(204).end());
    stranger.listen(0, '127.0.0.1');
    await once(stranger, 'listening');
    const place = stranger.address();
    const port = typeof place === 'object' ? place?.port : null;
    const misled = ['--target', `http://127.0.0.1:${port}`, '--target-admin', adminUrl];
    const refused = await ran(['--postgres', 'url', ...misled, ...LOAD], env);
    stranger.closeAllConnections();
    stranger.close();
    expect(refused.code).toBe(5);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'REFUSED_TARGET' } });

    expect((await fetch(new URL('/w/point', target))).status).toBe(200);
    up.child.kill('SIGINT');
    expect(await up.ended).toEqual({ code: null, signal: 'SIGINT' });
  });
});
