import { expect, test } from 'vitest';
import type { SqlPlan } from '../plan/sql-plan.ts';
import { createRedactor } from '../report/redactor.ts';
import { createSqlDatabase, type SqlDatabase } from './sql-database.ts';

const role = { host: '127.0.0.1', port: 1, user: 'shop', password: '', database: 'shop' };
const signal = new AbortController().signal;

function givenDatabase(): { readonly database: SqlDatabase; readonly warnings: readonly string[] } {
  const warnings: string[] = [];
  const capabilities = {
    setsSettings: false,
    isOwn: false,
    showsProcesses: false,
    isSuperuser: true,
    seesSessions: true,
  };
  const database = createSqlDatabase({
    // Nothing listens there: a database of somebody else's is not even connected to.
    postgres: { superuser: role, api: role, capabilities },
    redactor: createRedactor(),
    readSql: () => ({ ok: false, problem: 'is not read', remedy: '' }),
    warn: (sentence) => warnings.push(sentence),
  });
  return { database, warnings };
}

const planOf = (changes: Partial<SqlPlan>) => ({
  sql: {
    scripts: [{ name: 'a.sql', sha256: 'a', text: 'SELECT 1' }],
    allowWrites: false,
    statementTimeoutMs: 30_000,
    schema: null,
    seed: null,
    ...changes,
  },
  service: null,
});

test('on a database of somebody else the rights are those of its role, which is said once', async () => {
  const { database, warnings } = givenDatabase();
  await database.prepare(planOf({}), signal);
  await database.prepare(planOf({}), signal);
  await database.finish(planOf({}));
  expect(warnings).toEqual([expect.stringContaining('runs as the role shop, in transactions')]);
  expect(database.readOnlySessions).toBe(true);
});

test('that what is written there stays is said too', async () => {
  const { database, warnings } = givenDatabase();
  await database.prepare(planOf({ allowWrites: true }), signal);
  expect(warnings).toEqual([expect.stringContaining('what it writes stays')]);
});

test('no file is run there, also where an old plan asks for it', async () => {
  const { database } = givenDatabase();
  const plan = planOf({ seed: { path: 'seed.sql', sha256: 'a' } });
  await expect(async () => database.prepare(plan, signal)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});
