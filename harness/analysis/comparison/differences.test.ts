import { expect, test } from 'vitest';
import type { RawFlags } from '../../plan/option-table.ts';
import type { Environment } from '../trial-machine.ts';
import { differencesBetween } from './differences.ts';
import { measuredCell } from './test/measured-cell.ts';

const cell = (flags: RawFlags = {}, environment: Partial<Environment> = {}) =>
  measuredCell({ flags, rounds: [100], environment });
const paths = (found: readonly { readonly path: string }[]) => found.map(({ path }) => path);

test.each<[string, RawFlags, string[]]>([
  ['workers', { workers: '4' }, ['workers']],
  ['pool size', { poolSize: '8' }, ['pool.poolSize']],
  ['pool timeout', { poolTimeout: '5s' }, ['pool.poolTimeoutMs']],
  ['max_connections', { maxConnections: '50' }, ['postgres.maxConnections']],
  ['a setting of PostgreSQL', { pgSetting: ['work_mem=8MB'] }, ['postgres.extra.work_mem']],
  ['the surge of a rollout', { rollout: '1' }, ['rolloutSurge']],
  [
    'a pooler in between',
    { pooler: 'pgbouncer' },
    [
      'pooler',
      'pooler.mode',
      'pooler.defaultPoolSize',
      'pooler.reservePoolSize',
      'pooler.maxClientConn',
    ],
  ],
  ['names of statements', { preparedStatements: 'off' }, ['preparedStatements']],
])('the configuration under test may differ: %s', (_, flags, expected) => {
  const found = differencesBetween(cell(), cell(flags));
  expect(paths(found.declared)).toEqual(expected);
  expect(found.undeclared).toEqual([]);
});

test('two versions of a service are what is tested, and what is asked of them may not differ', () => {
  const served = (flags: RawFlags) => cell({ command: 'node v1.js {port}', ...flags });
  const newer = { command: 'node v2.js {port}', serviceDirectory: '/srv/v2', env: ['CACHE=on'] };
  const found = differencesBetween(served({}), served(newer));
  expect(paths(found.declared)).toEqual([
    'service.command',
    'service.directory',
    'service.env.CACHE',
  ]);
  expect(found.undeclared).toEqual([]);
  const asked = differencesBetween(served({}), served({ request: ['/other'] }));
  expect(paths(asked.undeclared)).toEqual(['requests.templates']);
  expect(paths(differencesBetween(cell(), served({})).undeclared)).toContain('service.kind');
});

test.each<[string, RawFlags, string[]]>([
  ['the workload', { workload: 'hot' }, ['workload']],
  ['the distance', { dbRtt: '20ms' }, ['distance.rttMs']],
  ['the clients', { connections: '32' }, ['load.model.connections']],
  ['the deadline', { goodputDeadline: '500ms' }, ['load.goodputDeadlineMs']],
  ['patience', { requestTimeout: '3s' }, ['load.requestTimeoutMs']],
  ['the warm-up', { warmup: '3s' }, ['warmupMs']],
  ['the window', { duration: '20s' }, ['durationMs']],
  ['the gates', { gate: ['rounds-spread=0.5'] }, ['gates.roundsSpread']],
])('anything else may not: %s', (_, flags, expected) => {
  const found = differencesBetween(cell(), cell(flags));
  expect(paths(found.undeclared)).toEqual(expected);
  expect(found.declared).toEqual([]);
});

test('scripts of one name and another text are not the same, and are told by their hashes', () => {
  const measured = cell();
  const withScript = (text: string, sha256: string) => ({
    ...measured,
    plan: {
      ...measured.plan,
      workload: 'a.sql',
      sql: {
        scripts: [{ name: 'a.sql', text, sha256 }],
        allowWrites: false,
        statementTimeoutMs: 30_000,
        schema: { path: 'schema.sql', sha256: 'cafe' },
        seed: null,
      },
    },
  });
  const one = withScript('SELECT 1', 'f00d');
  expect(differencesBetween(one, withScript('SELECT 2', 'beef')).undeclared).toEqual([
    { path: 'sql.script.a.sql', left: 'sha256 f00d', right: 'sha256 beef' },
  ]);
  const moved = { ...one.plan.sql, schema: { path: 'db/schema.sql', sha256: 'cafe' } };
  expect(differencesBetween(one, { ...one, plan: { ...one.plan, sql: moved } }).undeclared).toEqual(
    [],
  );
});

test('nor may a parameter of the workload', () => {
  const hold = (ms: number) => cell({ workload: 'hold', param: [`ms=${ms}`] });
  expect(differencesBetween(hold(20), hold(40)).undeclared).toEqual([
    { path: 'workloadParams.ms', left: '20', right: '40' },
  ]);
});

const { postgres } = cell().environment;
if (postgres === null) throw new Error('the sample has a PostgreSQL');
test.each<[string, Partial<Environment>, string[]]>([
  ['the machine', { cpuModel: 'another' }, ['environment.cpuModel']],
  ['its cores', { cores: 64 }, ['environment.cores']],
  ['the lab', { poolLabVersion: '0.2.0' }, ['environment.poolLabVersion']],
  ['Node', { nodeVersion: '26.0.0' }, ['environment.nodeVersion']],
  ['PostgreSQL', { postgres: { ...postgres, version: '17.0' } }, ['environment.postgres.version']],
  [
    'durability',
    { postgres: { ...postgres, durability: { fsync: 'off' } } },
    ['environment.postgres.durability.fsync'],
  ],
  [
    'shared buffers that nobody asked for',
    { postgres: { ...postgres, sharedBuffersBytes: 1 } },
    ['environment.postgres.sharedBuffersBytes'],
  ],
  ['half the memory', { memoryBytes: 4_000_000_000 }, ['environment.memoryBytes']],
  ['the version of the load engine', { loadEngine: 'closed 8.0.0' }, ['environment.loadEngine']],
])('nor where it was measured: %s', (_, environment, expected) => {
  expect(paths(differencesBetween(cell(), cell({}, environment)).undeclared)).toEqual(expected);
});

test('shared buffers that were asked for are what is tested', () => {
  const right = cell(
    { pgSetting: ['shared_buffers=1GB'] },
    { postgres: { ...postgres, sharedBuffersBytes: 1_073_741_824 } },
  );
  const found = differencesBetween(cell(), right);
  expect(paths(found.declared)).toEqual(['postgres.extra.shared_buffers']);
  expect(found.undeclared).toEqual([]);
});

test.each<[string, Partial<Environment>]>([
  ['memory that the kernel keeps for itself', { memoryBytes: 7_990_000_000 }],
  ['another kind of load engine, which the load tells', { loadEngine: 'open 8.2.0' }],
  ['a few more rows', { postgres: { ...postgres, databaseBytes: 9_600_000 } }],
])('no difference: %s', (_, environment) => {
  expect(differencesBetween(cell(), cell({}, environment))).toEqual({
    declared: [],
    undeclared: [],
    noted: [],
  });
});

test('a database that has grown is said, and refuses nothing', () => {
  const right = cell({}, { postgres: { ...postgres, databaseBytes: 90_000_000 } });
  const found = differencesBetween(cell(), right);
  expect(found.undeclared).toEqual([]);
  expect(found.noted).toEqual([
    { path: 'environment.postgres.databaseBytes', left: 9_500_000, right: 90_000_000 },
  ]);
});
