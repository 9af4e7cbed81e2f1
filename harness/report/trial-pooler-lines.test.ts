import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { flat } from './test/flat-report.ts';
import { pooledTrial, refusedByPooler } from './test/pooled-trial.ts';
import { sampleTrial } from './test/sample-trial.ts';

const { api, cpuMs, plan } = sampleTrial();

test('behind a pooler clients and connections are predicted apart', () => {
  expect(flat(pooledTrial())).toContain(
    'PREDICTED not refused: clients idle 20, busy 60, of 100 that it takes; behind it at most 20 connections; usable 26 = 30 − 3 reserved − 1 other',
  );
  expect(flat(pooledTrial())).toContain(
    'can be 60 clients where PgBouncer takes 100, and it opens 20; 26 are usable',
  );
});

test('a pooler that is full is not a PostgreSQL without a slot', () => {
  const text = flat(refusedByPooler());
  expect(text).toMatch(
    /^POOLER FULL: 1,204 of 9,310 requests refused \(13 %\) by PgBouncer for its max_client_conn; PostgreSQL refused none\. 4 workers × \(5\+10\) can be 60 clients where PgBouncer takes 40/,
  );
  expect(text).toContain('PREDICTED refused by PgBouncer: clients idle 20, busy 60, of 40');
  expect(text).toContain('OBSERVED refused by PgBouncer: peak 26 of 26, 1,204 refused ✓');
  expect(text).toContain('"no more connections allowed (max_client_conn)');
  expect(text).not.toContain('53300)');
  expect(text).toContain('WOULD FIT (6+4) a worker, written as');
  expect(text).toContain('or max_client_conn = 60 in PgBouncer');
});

test('without a pool it says that a connection counts until its end was seen', () => {
  const asked = pooledTrial();
  const nullPool = { ...(asked.plan ?? plan), pool: { ...plan.pool, kind: 'null' as const } };
  expect(flat({ ...asked, plan: nullPool })).toContain(
    'PREDICTED perhaps refused by PgBouncer: clients idle 20, busy 60, of 100 that it takes (it counts a connection until it has seen its end, and so up to 120); behind',
  );
});

test('refusals of both are told apart', () => {
  const byReason = { pooler_clients: 4, all_slots: 1_200 };
  const text = flat({ ...refusedByPooler(), refusals: { total: 1_204, byReason } });
  expect(text).toContain(
    'EXHAUSTED: 1,204 of 9,310 requests refused (13 %), 4 of them by PgBouncer',
  );
  expect(text).toContain('OBSERVED refused, also by PgBouncer');
});

test('more connections behind it than PostgreSQL has are no refusal, and said', () => {
  const text = flat(pooledTrial({ defaultPoolSize: 28, reservePoolSize: 2 }));
  expect(text).toContain('PREDICTED not refused: clients idle 20, busy 60');
  expect(text).toContain('PostgreSQL refuses PgBouncer what is beyond');
  expect(text).toContain('NOT EXHAUSTED THIS TIME');
  expect(text).toContain('WOULD FIT default_pool_size and reserve_pool_size of 26 together');
});

test('in session mode pools keep what others wait for', () => {
  const text = flat(pooledTrial({ mode: 'session' }));
  expect(text).toContain(
    'In session mode 40 clients can wait in it until another one leaves, which pools keep from doing',
  );
});

test('whom the pooler refuses does not wait in it', () => {
  const text = flat(pooledTrial({ mode: 'session', maxClientConn: 40 }));
  expect(text).toContain('busy 60, of 40 that it takes');
  expect(text).toContain('In session mode 20 clients can wait in it');
});

test('pool timeouts say where the clients waited', () => {
  const { requests, attempts } = { ...sampleTrial(), ...pooledTrial() };
  const httpErrors = { pool_timeout: 12 };
  const starved = pooledTrial(
    { mode: 'session' },
    { requests: { ...requests, httpErrors }, attempts: { ...attempts, httpErrors } },
  );
  expect(flat(starved)).toContain(
    'STARVED, not exhausted: 12 of 8,094 requests got no connection from the pool (pool_timeout); 0 refused; up to 38 clients waited inside PgBouncer, in session mode until another client leaves',
  );
});

test('the pooler has an account of its own', () => {
  expect(flat(pooledTrial())).toContain(
    'POOLER PgBouncer 1.18.0, transaction mode, 20 connections, at most 100 clients clients: at most 20 served or idle, 38 waiting (21.4 on average, 61 ms at longest) connections to PostgreSQL: at most 20; 8,094 transactions, 46 ms each, 57 % of that waiting in it for a connection',
  );
  const busy = pooledTrial({}, { cpuMs: { ...cpuMs, pooler: 9_500 } });
  expect(flat(busy)).toContain(', PgBouncer 0.95 (it has one thread), API');
  expect(flat(pooledTrial({}, { pooler: null }))).toContain('; its console told nothing');
  expect(flat(pooledTrial())).toContain('33 ms in PgBouncer and PostgreSQL');
  expect(flat()).not.toContain('POOLER');
});

test.each<[string, Partial<WatchedTrial['api']>, string]>([
  [
    'what cannot carry them',
    { preparedStatements: false, statementsProblem: 'PgBouncer 1.18.0 cannot carry them' },
    'STATEMENTS named statements off: PgBouncer 1.18.0 cannot carry them; parsed',
  ],
  ['the user', { preparedStatements: false }, 'named statements off: as asked for;'],
  [
    'nobody, though they fail',
    { statementsProblem: 'PgBouncer 1.18.0 cannot carry them' },
    'named statements on, as asked for, though PgBouncer 1.18.0 cannot carry them: those fail by 42P05',
  ],
])('statements lose their names because of %s', (_, changes, text) => {
  expect(flat({ api: { ...api, ...changes } })).toContain(text);
  expect(flat({ plan })).not.toContain('STATEMENTS');
});

test('that a deployment fits in session mode is told with who waits for as long as the pools live', () => {
  expect(flat(pooledTrial({ mode: 'session' }))).toMatch(
    /^FITS: 0 refused at .*; up to 38 clients waited inside PgBouncer, in session mode until another client leaves\. 4 workers/,
  );
  expect(flat(pooledTrial()).split('PREDICTED')[0]).not.toContain('waited inside');
});
