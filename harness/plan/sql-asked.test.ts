import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import type { RawFlags } from './option-table.ts';
import { type ParsedTrialPlan, parseTrialPlan } from './parse-trial-plan.ts';
import { scriptsOfWorkload } from './plan-workload.ts';
import type { ReadSqlFile } from './sql-asked.ts';
import { scriptSetOf } from './sql-plan.ts';
import { expandCells } from './sweep/cells.ts';
import { parseSweepPlan } from './sweep/parse-sweep-plan.ts';

const FILES: Readonly<Record<string, string>> = {
  'a.sql': 'SELECT 1;',
  'b.sql': '\\set n 1\nSELECT :n;\n',
  'wrong.sql': 'SELECT 1;\nSELECT :x;\n\\set y\n',
  'write.sql': 'DELETE FROM t;',
  'long.sql': `SELECT '${'é'.repeat(55_000)}';`,
  'schema.sql': 'CREATE TABLE t (a int);',
};

const readSql: ReadSqlFile = (path) => {
  const text = FILES[path];
  return text === undefined
    ? { ok: false, problem: 'does not exist', remedy: 'name a file of SQL' }
    : { ok: true, path, text, sha256: `of ${path}` };
};

const parse = (flags: RawFlags): ParsedTrialPlan => parseTrialPlan({ flags, env: {}, readSql });

function refusal(flags: RawFlags): string {
  try {
    parse(flags);
  } catch (error) {
    if (error instanceof LabError) return `${error.message}: ${error.hint}`;
    throw error;
  }
  throw new Error('was not refused');
}

test.each([
  ['a.sql', [{ name: 'a.sql', weight: 1 }]],
  [
    'dir/a.sql@3+../b-2.sql',
    [
      { name: 'dir/a.sql', weight: 3 },
      { name: '../b-2.sql', weight: 1 },
    ],
  ],
  ['hot', null],
  ['requests', null],
  ['a.sql@', null],
  ['a b.sql', null],
])('workload %s names scripts %j', (workload, scripts) => {
  expect(scriptsOfWorkload(workload)).toEqual(scripts);
});

test('a plan keeps what its scripts say, and what they may do', () => {
  const { plan } = parse({
    workload: 'a.sql@3+b.sql',
    sqlSchema: 'schema.sql',
    statementTimeout: '5s',
  });
  expect(plan).toMatchObject({
    workload: 'a.sql@3+b.sql',
    sql: {
      scripts: [
        { name: 'a.sql', sha256: 'of a.sql', text: 'SELECT 1;' },
        { name: 'b.sql', sha256: 'of b.sql' },
      ],
      allowWrites: false,
      statementTimeoutMs: 5_000,
      schema: { path: 'schema.sql', sha256: 'of schema.sql' },
      seed: null,
    },
  });
  expect(scriptSetOf(plan, { readOnlySessions: true })).toMatchObject({
    scripts: [
      { name: 'a.sql', weight: 3 },
      { name: 'b.sql', weight: 1, commands: [{ kind: 'set' }, { kind: 'sql', text: 'SELECT $1' }] },
    ],
    readOnlySessions: true,
    statementTimeoutMs: 5_000,
  });
});

test('statements of scripts have half a minute unless something else is said, be it for ever', () => {
  expect(parse({ workload: 'a.sql' }).plan.sql?.statementTimeoutMs).toBe(30_000);
  expect(parse({ workload: 'a.sql', statementTimeout: '0' }).plan.sql?.statementTimeoutMs).toBe(0);
  expect(parse({ workload: 'hot' }).plan.sql).toBeNull();
});

test('each cell of a sweep has its own scripts, and the lab its own workloads', () => {
  const { plan } = parseSweepPlan({
    flags: { workload: 'a.sql,hot,a.sql@2+b.sql' },
    env: {},
    file: null,
    readSql,
  });
  expect(
    expandCells(plan).map(({ plan: { workload, sql } }) => [
      workload,
      sql?.scripts.map(({ name }) => name) ?? null,
    ]),
  ).toEqual([
    ['a.sql', ['a.sql']],
    ['hot', null],
    ['a.sql@2+b.sql', ['a.sql', 'b.sql']],
  ]);
});

test.each<[RawFlags, string]>([
  [{ workload: 'none.sql' }, '--workload "none.sql" does not exist'],
  [{ workload: 'a.sql+a.sql' }, 'names a.sql twice'],
  [{ workload: 'a.sql@0' }, 'has a weight that none can have'],
  [{ workload: 'a.sql hot' }, 'names no files of SQL'],
  [{ workload: 'wrong.sql' }, '2 settings cannot be used\n  wrong.sql:2:8 uses :x'],
  [{ workload: 'write.sql' }, 'write.sql:1:1 is DELETE, which does not only read'],
  [{ workload: 'long.sql' }, 'bytes when it is compiled, more than 100000'],
  [{ workload: 'a.sql', sqlSeed: 'none.sql' }, '--sql-seed "none.sql" does not exist'],
  [{ workload: 'a.sql', param: ['ms=2'] }, '--param "ms=2" is for no workload'],
  [{ workload: 'a.sql', postgres: 'url', sqlSchema: 'schema.sql' }, '--sql-schema "schema.sql"'],
  [
    { workload: 'a.sql', postgres: 'url', apiVia: 'pool.example.com:6432' },
    'PgBouncer refuses those',
  ],
])('%j is refused: %s', (flags, message) => {
  expect(refusal(flags)).toContain(message);
});

test('with writes allowed a script may write', () => {
  expect(parse({ workload: 'write.sql', allowWrites: true }).plan.sql?.allowWrites).toBe(true);
});

test('what is for SQL of the user changes nothing without any, and is said to', () => {
  const { plan, warnings } = parse({ allowWrites: true, sqlSchema: 'schema.sql' });
  expect(plan.sql).toBeNull();
  expect(warnings).toEqual([
    '--allow-writes changes nothing without --workload file.sql or --command',
    '--sql-schema changes nothing without --workload file.sql or --command',
  ]);
});

test('a service finds the tables of a schema file, and has no use for --allow-writes', () => {
  const { plan, warnings } = parse({
    command: 'node server.js',
    allowWrites: true,
    sqlSchema: 'schema.sql',
  });
  expect(plan).toMatchObject({ workload: 'requests', sql: { scripts: [] } });
  expect(warnings).toContain(
    "--allow-writes changes nothing with --command: a service has all rights in the lab's database",
  );
});
