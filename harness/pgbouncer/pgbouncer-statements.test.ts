import { expect, test } from 'vitest';
import { preparedStatementsProblem } from './pgbouncer-statements.ts';

const problemOf = ({
  mode,
  own = null,
  kept,
}: {
  readonly mode: string;
  readonly own?: string | null;
  readonly kept?: string;
}): string | null =>
  preparedStatementsProblem({
    config: [
      { key: 'listen_backlog', value: '128' },
      { key: 'logfile', value: null },
      { key: 'pool_mode', value: mode },
      ...(kept === undefined ? [] : [{ key: 'max_prepared_statements', value: kept }]),
    ],
    databases: [
      { name: 'pgbouncer', pool_mode: 'statement' },
      { name: 'shop', pool_mode: own },
    ],
    database: 'shop',
  });

test.each([
  { mode: 'session' },
  { mode: 'transaction', kept: '200' },
  { mode: 'transaction', own: 'session' },
])('statements last with $mode, $own, $kept', (settings) => {
  expect(problemOf(settings)).toBeNull();
});

test('one that cannot carry statements is told with the version that can', () => {
  expect(problemOf({ mode: 'transaction' })).toMatch(/pool_mode transaction cannot carry .* 1\.21/);
});

test('one where that is switched off is told with the setting', () => {
  expect(problemOf({ mode: 'transaction', kept: '0' })).toContain('set max_prepared_statements');
});

test('the mode of the database comes before the general one', () => {
  expect(problemOf({ mode: 'session', own: 'statement' })).toContain('pool_mode statement');
});
