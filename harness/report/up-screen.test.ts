import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { openPlan } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { type UpScreen, upScreen } from './up-screen.ts';

const POOLER = { host: '127.0.0.1', port: 6_432, user: 'api', database: 'pool_lab' };
const address = { host: '127.0.0.1', port: 5_433, database: 'lab' };
const screen = (
  loaded: boolean,
  prometheus: UpScreen['prometheus'] = null,
  plan = openPlan(),
  way: Partial<UpScreen['api']> = {},
): string =>
  upScreen(
    {
      plan,
      url: 'http://127.0.0.1:1/',
      adminUrl: 'http://127.0.0.1:2',
      superuser: { ...address, user: 'postgres', ...way },
      api: { host: '127.0.0.1', port: 5_432, user: 'api', database: 'pool_lab' },
      pooler: plan.pooler === null ? null : { version: '1.18.0', address: POOLER },
      passwordFile: '/tmp/pgpass',
      others: 1,
      loaded,
      prometheus,
      environment: sampleTrial().environment,
    },
    { columns: 80, paint: createPaint(false) },
  );

test('the load that runs is named, or how to bring one', () => {
  expect(screen(true)).toContain(
    'The load of point, 800/s poisson (seed 1), at most 256 in flight',
  );
  expect(screen(true)).not.toContain('xargs');
  expect(screen(false)).toMatch(/Exhaust it\n {2}seq 60 \| xargs -P 60/);
});

test('how far the API is from its database stands where everything else connects directly', () => {
  expect(screen(false)).not.toContain('round trip');
  expect(screen(false, null, openPlan({ dbRtt: '20ms' }))).toContain(
    'A round trip from the API to the database takes 20 ms; what follows here connects directly.',
  );
});

test('whose eyes the server side is seen with is said by name, who need be no superuser', () => {
  expect(screen(true)).toContain('Look at the server side, as postgres (');
  expect(screen(false, null, openPlan({ workers: '1' }))).toContain('UP: 1 worker × (5+10) can');
});

test('it ends with what carries over and how to stop it', () => {
  expect(screen(false).replace(/\s+/g, ' ')).toMatch(
    /CARRIES OVER .* DOES NOT .* UNKNOWN .* Ctrl-C stops everything\. $/,
  );
});

test('with a Prometheus it says where alerts, graphs and the dashboard are', () => {
  expect(screen(true)).not.toContain('Prometheus');
  const url = 'http://127.0.0.1:9090';
  const text = screen(true, {
    graphUrl: `${url}/graph`,
    version: '3.5.0',
    dashboardPath: '/lab/dashboard.json',
  });
  expect(text).toContain('Watch it in Prometheus 3.5.0, every second');
  expect(text).toContain(`  alerts: ${url}/alerts\n`);
  expect(text.match(/^ {4}http:.*\/graph\?g0\.expr=\S+$/gm)).toHaveLength(3);
  expect(text).toContain('import /lab/dashboard.json');
});

test('who looks at the server side goes the way that the API goes', () => {
  expect(screen(true)).toContain(
    '  PGPASSFILE=/tmp/pgpass psql -h 127.0.0.1 -p 5433 -U postgres lab',
  );
  const encrypted = { sslMode: 'verify-full', sslRootCert: '/run/authority.crt' } as const;
  expect(screen(true, null, openPlan(), encrypted)).toContain(
    '  PGPASSFILE=/tmp/pgpass PGSSLMODE=verify-full PGSSLROOTCERT=/run/authority.crt psql -h 127.0.0.1 -p 5433',
  );
  expect(screen(true, null, openPlan(), { host: '/run/data' })).toContain(
    'psql -h /run/data -p 5433',
  );
});

test('of a PgBouncer in between it says how to ask that', () => {
  expect(screen(true)).not.toContain('SHOW POOLS');
  expect(screen(true, null, openPlan({ pooler: 'pgbouncer' }))).toContain(
    "psql -h 127.0.0.1 -p 6432 -U api pgbouncer -c 'SHOW POOLS'",
  );
});

test('behind a PgBouncer the requests are as many as exhaust its clients, and both limits are named', () => {
  const text = screen(
    false,
    null,
    openPlan({
      pooler: 'pgbouncer',
      poolerMode: 'transaction',
      poolerSize: '10',
      poolerClients: '40',
    }),
  );
  expect(text).toContain(
    'UP: 4 workers × (5+10) can be 60 clients where PgBouncer takes 40, and it opens 10; 96 are usable',
  );
  expect(text).toMatch(/Exhaust it\n {2}seq 60 \| xargs -P 60/);
});
