import { expect, test } from 'vitest';
import type { SqlPlan } from '../plan/sql-plan.ts';
import { sqlLines } from './sql-text.ts';

const SQL: SqlPlan = {
  scripts: [{ name: 'a.sql', sha256: '0123456789abcdef', text: 'SELECT 1' }],
  allowWrites: false,
  statementTimeoutMs: 30_000,
  schema: null,
  seed: null,
};
const file = (path: string) => ({ path, sha256: 'f00d' });

test.each<[SqlPlan | null, string | null]>([
  [null, null],
  [SQL, 'a.sql (sha256 01234567…); reads only; statements of 30.0 s at most'],
  [
    { ...SQL, allowWrites: true, statementTimeoutMs: 0 },
    'a.sql (sha256 01234567…); may write; what one trial writes, the next one finds; statements as long as they take',
  ],
  [
    { ...SQL, allowWrites: true, schema: file('schema.sql'), seed: file('seed.sql') },
    'a.sql (sha256 01234567…); may write; data made anew for each trial; statements of 30.0 s at most; on schema.sql, seed.sql',
  ],
  [{ ...SQL, scripts: [], schema: file('schema.sql') }, 'on schema.sql'],
])('%j is told as %s', (sql, text) => {
  expect(sqlLines(sql)).toEqual(text === null ? [] : [{ label: 'SQL', text }]);
});
