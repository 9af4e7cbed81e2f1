import { expect, test } from 'vitest';
import { totalsOf } from './pgbouncer-totals.ts';

const ROW = {
  database: 'lab',
  total_xact_count: '1429',
  total_query_count: '2858',
  total_received: '1',
  total_xact_time: '8648419',
  total_wait_time: '90838',
  avg_wait_time: '7',
};

test('times are told in µs and given in ms, of the one database', () => {
  const rows = [{ ...ROW, database: 'pgbouncer', total_xact_count: '5' }, ROW];
  expect(totalsOf(rows, 'lab')).toEqual({
    transactions: 1_429,
    queries: 2_858,
    waitMs: 90.838,
    transactionMs: 8_648.419,
  });
});

test('columns of newer versions change nothing', () => {
  const newer = { ...ROW, total_server_assignment_count: '9', total_client_parse_count: '8' };
  expect(totalsOf([newer], 'lab')).toEqual(totalsOf([ROW], 'lab'));
});

test('a database without clients has done nothing', () => {
  expect(totalsOf([ROW], 'other')).toEqual({
    transactions: 0,
    queries: 0,
    waitMs: 0,
    transactionMs: 0,
  });
});

test('an answer to something else is no answer', () => {
  expect(() => totalsOf([{ database: 'lab', cl_active: '1' }], 'lab')).toThrow('total_xact_count');
});
