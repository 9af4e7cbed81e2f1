import { expect, test } from 'vitest';
import type { RawFlags } from '../plan/option-table.ts';
import { recordingIo } from '../test/recording-io.ts';
import { budgetCommand } from './budget.ts';

async function behind(flags: RawFlags, columns = 100) {
  const io = recordingIo({ columns });
  const exitCode = await budgetCommand.run({ pooler: 'pgbouncer', ...flags }, io, []);
  // Sentences are looked for wherever their lines break.
  const stdout = io.stdoutText();
  return { exitCode, stdout, flowing: stdout.replace(/\s+/g, ' '), stderr: io.stderrText() };
}
const TRANSACTION: RawFlags = { poolerMode: 'transaction' };
const FLEET: RawFlags = { ...TRANSACTION, preset: 'fastapi', replicas: '6', workers: '4' };

test('both are said: clients of max_client_conn, and connections of the usable ones', async () => {
  const { exitCode, stdout, flowing } = await behind({ ...FLEET, poolerClients: '500' });
  expect(exitCode).toBe(0);
  expect(flowing).toMatch(
    /^FITS: 6 replicas × 4 workers × \(5\+10\) = 360 clients where PgBouncer takes 500, and it opens 20; 97 are usable at max_connections 100; a rolling deploy makes it 480 clients /,
  );
  expect(stdout).toMatch(/✓ {2}rolling deploy \(\+25%\) +8 +480 {2}20 left +20 {2}77 left/);
  expect(flowing).toContain('up to 460 clients in PgBouncer, while more than 20 transactions');
  expect(stdout).not.toContain('BREAKS');
});

test('more clients than it takes: PgBouncer refuses, and what it takes is said', async () => {
  const { exitCode, flowing } = await behind(FLEET);
  expect(exitCode).toBe(99);
  expect(flowing).toMatch(
    /^OVER: .* can be 360 clients where PgBouncer takes 100, and it opens 20;/,
  );
  expect(flowing).toContain('client 101 of a PgBouncer gets FATAL: no more connections allowed');
  expect(flowing).toContain('(SQLSTATE 08P01); PostgreSQL is not asked');
  expect(flowing).toContain('max_client_conn = 480');
  expect(flowing).not.toContain('53300');
});

test('every pair and every process has connections of its own', async () => {
  const { exitCode, flowing } = await behind({
    ...FLEET,
    poolerClients: '500',
    poolerPairs: '3',
    poolerProcesses: '2',
  });
  expect(exitCode).toBe(99);
  expect(flowing).toContain(
    'opens 120 connections = 3 pairs of user and database × (20 default_pool_size + 0 reserve_pool_size) × 2 processes',
  );
  expect(flowing).toContain('takes 1,000 clients = 2 processes × 500 max_client_conn');
  expect(flowing).toContain("PgBouncer's connection 98 gets FATAL: remaining connection slots");
  expect(flowing).toContain('default_pool_size = 16, or max_connections = 123');
  expect(flowing).not.toContain('npx pool-lab run');
});

test('session mode saves nothing where pools keep their connections', async () => {
  const { exitCode, stdout, flowing } = await behind({ workers: '4', poolerClients: '500' });
  expect(exitCode).toBe(99);
  expect(flowing).toMatch(/^OVER: .*; in session mode each client needs one /);
  expect(flowing).toContain('SESSION MODE saves no connection here');
  expect(flowing).toContain('client 21 waits for a connection that no pool gives back');
  expect(stdout).toMatch(/✗ {2}busy \(ceiling\) +1 +60 {2}40 too many +20 {2}77 left/);
  expect((await behind({ ...TRANSACTION, workers: '4', poolerClients: '500' })).exitCode).toBe(0);
});

test('session mode is enough for what keeps none', async () => {
  const { exitCode, flowing } = await behind({ preset: 'serverless', poolerClients: '1000' });
  expect(exitCode).toBe(0);
  expect(flowing).toContain(
    'up to 180 clients in PgBouncer, while more than 20 clients are connected',
  );
  expect(flowing).toContain('FITS ALWAYS 200 × 5 = 1,000');
});

test('a library without a limit may claim every client, and nothing more of PostgreSQL', async () => {
  const { exitCode, flowing } = await behind({ ...TRANSACTION, preset: 'go' });
  expect(exitCode).toBe(99);
  expect(flowing).toMatch(
    /^UNBOUNDED: 1 worker × unlimited has no limit where PgBouncer takes 100, and it opens 20; 97 are usable /,
  );
  expect(flowing).toContain('no max_client_conn is enough');
});

test('the command to go on with is that of the same PgBouncer', async () => {
  const { stdout } = await behind({ ...FLEET, poolerReserve: '5', poolerClients: '500' });
  expect(stdout).toMatch(
    /npx pool-lab run --pool-size 10 --max-overflow 5 --workers 4 --max-connections 100 --pooler pgbouncer --pooler-mode transaction --pooler-size 20 --pooler-reserve 5 --pooler-clients 500\n/,
  );
});

test('JSON has the clients, the connections and what each situation exceeds', async () => {
  const { stdout, exitCode } = await behind({ workers: '4', json: true });
  expect(exitCode).toBe(99);
  expect(JSON.parse(stdout)).toMatchObject({
    schemaVersion: 1,
    verdict: 'over',
    pooler: { mode: 'session', defaultPoolSize: 20, processes: 1, pairs: 1 },
    usable: 97,
    takes: 100,
    opens: 20,
    situations: [
      { situation: 'floor', clients: 20, connections: 20, exceeds: [], fits: true },
      { situation: 'ceiling', clients: 60, connections: 20, exceeds: ['sessions'], fits: false },
      { situation: 'rollout', clients: 120, exceeds: ['max_client_conn', 'sessions'] },
    ],
    maxClientConnNeeded: 120,
  });
});

test('what is said of a pooler that is not there is warned of, and changes nothing', async () => {
  const without = await behind({ pooler: 'none', workers: '4' });
  const given = await behind({ pooler: 'none', workers: '4', poolerSize: '3', poolerPairs: '2' });
  expect(given.stdout).toBe(without.stdout);
  expect(without.stderr).toBe('');
  expect(given.stderr).toBe(
    '--pooler-size changes nothing without --pooler pgbouncer\n--pooler-pairs changes nothing without --pooler pgbouncer\n',
  );
});

test('no line but the commands to copy is wider than the terminal', async () => {
  for (const columns of [80, 120]) {
    const { stdout } = await behind({ ...FLEET, replicas: '60', hpaMax: '90' }, columns);
    const wide = stdout
      .split('\n')
      .filter((line) => [...line].length > columns && !line.includes('npx pool-lab'));
    expect(wide.filter((line) => !/^ {2}[✓✗ ]/.test(line))).toEqual([]);
  }
});
