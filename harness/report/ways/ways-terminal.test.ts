import { expect, test } from 'vitest';
import { sampleWays } from '../../analysis/ways/test/sample-ways.ts';
import { createPaint } from '../paint.ts';
import { waysTerminal } from './ways-terminal.ts';

const shown = (...given: Parameters<typeof sampleWays>): string =>
  waysTerminal(sampleWays(...given), { columns: 80, paint: createPaint(false) });
/** Wrapped lines joined again, to look for sentences. */
const flat = (...given: Parameters<typeof sampleWays>): string =>
  shown(...given).replace(/\s+/g, ' ');
const answer = (...given: Parameters<typeof sampleWays>): string =>
  (shown(...given).split('\n\n')[0] ?? '').replace(/\s+/g, ' ');

const three = (goodput: number): readonly number[] => [goodput, goodput * 1.01, goodput * 0.99];

test('the answer, the four ways, who was refused and what it rests on are on one page', () => {
  expect(shown()).toMatchInlineSnapshot(`
    "A pool alone, 4 × (5+0): 0 refused at 6,500 [6,304–6,701] right answers/s in
      time, more than every other way that works. A small pool and PgBouncer: 0
      refused, 0.80 [0.79–0.81] × the goodput of a pool alone. NullPool is refused
      by PostgreSQL: 9,000 of 10,140 requests (89 %), as predicted: 160 callers, 26
      usable. NullPool and PgBouncer: 0 refused, 0.039 [0.038–0.041] × the goodput
      of a pool alone.

    WAYS          A a pool alone: 4 × (5+0) to PostgreSQL
                  B a small pool and PgBouncer: 4 × (5+0) to PgBouncer
                  C NullPool: 4 workers, a connection for each checkout, to
                  PostgreSQL
                  D NullPool and PgBouncer: 4 workers, a connection for each
                  checkout, to PgBouncer
    LOAD          point, 160 clients, 5.00 s each; 3 rounds in turns (ABCD DCBA
                  ABCD), each on fresh workers
    PGBOUNCER     1.18.0, transaction mode, 20 to PostgreSQL, at most 320 clients;
                  on the same machine as everything else

    ANSWERS       right answers a second within 1.00 s, over the rounds; × A paired
                  by round, both with 95 % intervals; percentiles of all rounds
                  together
                   in time/s  × A                    p50    p99  p99 × A
      A  6,500 [6,304–6,701]  –                    18 ms  58 ms        –
      B  5,187 [5,084–5,291]  0.80 [0.79–0.81]     18 ms  58 ms     1.00
      C           76 [67–87]  0.012 [0.010–0.013]  18 ms  58 ms     1.00
      D        255 [243–268]  0.039 [0.038–0.041]  18 ms  58 ms     1.00
    REFUSED       requests of all rounds, by whom, beside what arithmetic predicts
         predicted    PostgreSQL  PgBouncer  failed else      of
      A  not refused           0          –            0  97,500  ✓
      B  not refused           0          0            0  77,800  ✓
      C  refused           9,000          –            0  10,140  ✓
      D  not refused           0          0            0   3,825  ✓
    CONNECTIONS   on PostgreSQL's side at most, those opened for each right answer,
                  and the share of its time that connecting took; in PgBouncer:
                  clients that waited at most, the longest of them, and how long a
                  transaction waited on average
         peak  usable  opened  connecting  waited  longest    mean
      A    20      26    0.00         0 %       –        –       –
      B    20      26    0.00         0 %       0     0 ms    0 ms
      C    26      26    1.00        60 %       –        –       –
      D    26      26    1.00        60 %     120    14 ms  2.0 ms

    ROOM          pools of (5+0) alone: at most 5 workers in 26 usable slots, those
                  of a rolling deploy among them; here 4. Behind one PgBouncer the
                  database sees 20 at most, however many workers there are; each
                  further PgBouncer, user or database has as many of its own

    VERDICT       VALID; A VALID, B VALID, C VALID, D VALID
    CARRIES OVER  the arithmetic of the budget, the classes of errors
    DOES NOT      requests per second, milliseconds, the best size, nor these
                  ratios: here PgBouncer and the work of connecting take CPU from
                  API and PostgreSQL, elsewhere they have a host of their own and a
                  network in between
    UNKNOWN       another network, data that is not in memory, other clients (here:
                  PostgreSQL 18.4 with 9.1 MiB of data, 128 MiB of shared buffers,
                  on 2 cores shared by all)

    NEXT          npx pool-lab run --max-connections 30 --workers 4 --pool-size 5
                  --max-overflow 0 --workload point --connections 160 --duration 5s
    "
  `);
});

test('the next command is as far from the database, and says as much of statements', () => {
  const flags = {
    dbRtt: '5ms',
    dbJitter: '1ms',
    dbBandwidth: '100mbit',
    preparedStatements: 'off',
  };
  expect(flat({}, { flags })).toContain(
    '--prepared-statements off --db-rtt 5ms --db-jitter 1ms --db-bandwidth 100mbit --workload point',
  );
});

test('a pool that is refused is no measure of the others', () => {
  const refused = three(500).map((goodput) => ({ goodput, refused: 1_000 }));
  const text = answer({ pool: refused }, { flags: { maxOverflow: '10' } });
  expect(text).toMatch(/^A small pool and PgBouncer, 4 × \(7\+0\): 0 refused at /);
  expect(text).toContain('A pool alone is refused by PostgreSQL: 3,000 of 10,500 requests (29 %)');
  expect(text).toContain('as predicted: it can open 60');
  expect(text).not.toContain('× the goodput');
});

test('of two that cannot be told apart it says so, and why the one is taken', () => {
  expect(answer({ small_pool_pgbouncer: [6_600, 6_300, 6_700] })).toContain(
    'a small pool and PgBouncer is not told to answer more, and has more parts',
  );
});

test('far apart in rounds that are wild is neither beaten nor as good', () => {
  const wild = [600, 3_900, 1_200];
  expect(answer({ small_pool_pgbouncer: wild })).toMatch(
    /on average more than every other way that works, but the rounds differ too much to be sure against a small pool and PgBouncer\. A small pool .* \(far apart, and uncertain\)/,
  );
  expect(answer({ pool: wild, small_pool_pgbouncer: three(6_500) })).toMatch(
    /^Not judged: the rounds differ too much to tell whether further parts are worth it; measure with more --rounds/,
  );
});

test('what must not be believed gets no ratio', () => {
  const invalid = three(9_000).map((goodput) => ({ goodput, verdict: 'INVALID' as const }));
  const text = answer({ small_pool_pgbouncer: invalid });
  expect(text).toContain('A small pool and PgBouncer is not compared: no round may be believed');
  expect(text.split('. ').find((it) => it.startsWith('A small pool'))).not.toMatch(/\d/);
});

test('what was refused is said of a way whose rates nobody may believe', () => {
  const invalid = { goodput: 900, refused: 100, verdict: 'INVALID' as const };
  expect(answer({ no_pool: [invalid, invalid] })).toContain(
    'NullPool is refused by PostgreSQL: 200 of 9,200 requests (2.2 %); not compared, no round may be believed',
  );
});

test('a PgBouncer that refuses is named, not PostgreSQL', () => {
  const refused = three(200).map((goodput) => ({ goodput, refusedByPooler: 400 }));
  const given = { no_pool_pgbouncer: refused };
  expect(answer(given)).toContain(
    'NullPool and PgBouncer is refused by PgBouncer: 1,200 of 4,200 requests (29 %)',
  );
  expect(shown(given)).toMatch(/^ {2}D +refused +0 +1,200 +0 +4,200 +✓$/m);
});

test('a prediction that failed is marked', () => {
  const refused = three(200).map((goodput) => ({ goodput, refused: 400, predicted: false }));
  expect(shown({ no_pool_pgbouncer: refused })).toMatch(
    /D +not refused +1,200 .*✗ not as predicted/,
  );
});

test('a round without an answer in time leaves no ratio, and that is said', () => {
  expect(answer({ no_pool_pgbouncer: [40, 0, 50] })).toContain(
    'NullPool and PgBouncer: 0 refused, 30 right answers/s in time, too few in some round for a ratio',
  );
});

test('without a ratio that is told, ways far apart are not called alike', () => {
  const text = answer({ small_pool_pgbouncer: [6_000, 6_100, 200] });
  expect(text).toMatch(/A small pool and PgBouncer: 0 refused, .* \(far apart, and uncertain\)/);
});

test('statements without names on some of the ways are a difference of their own', () => {
  const { ways, ...rest } = sampleWays();
  const off = {
    namedStatements: false,
    statementsProblem: 'PgBouncer 1.18.0 in transaction mode cannot carry them',
  };
  const result = { ...rest, ways: ways.map((it) => (it.pooler === null ? it : { ...it, ...off })) };
  const text = waysTerminal(result, { columns: 80, paint: createPaint(false) });
  expect(text.replace(/\s+/g, ' ')).toContain(
    'STATEMENTS named prepared statements off for B, D: PgBouncer 1.18.0 in transaction mode cannot carry them. --prepared-statements off takes that difference away',
  );
});

test('one that was stopped says so first', () => {
  expect(shown({ no_pool_pgbouncer: [] })).toMatch(/^INCOMPLETE: /);
  expect(flat({ no_pool_pgbouncer: [] })).toContain('incomplete: 9 of 12 trials are measured');
});

test('one round is not judged', () => {
  expect(answer({}, { rounds: 1 })).toMatch(/^Not judged: one round says nothing about the next/);
});

test.each<[string, Parameters<typeof sampleWays>]>([
  ['as it comes', [{}]],
  ['unlimited pools', [{}, { flags: { poolSize: '0' } }]],
  ['the open loop', [{}, { flags: { rate: '300/s', dbRtt: '5ms' } }]],
  ['large numbers', [{ pool: three(123_456), no_pool: [{ goodput: 0, refused: 99_999_999 }] }]],
  ['failures', [{ pool: ['failed', 'failed', 'failed'], no_pool: [] }]],
])('%s fits into 80 columns and says nothing of null', (_, given) => {
  const text = shown(...given);
  expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
  for (const line of text.split('\n')) {
    expect([...line].length, line).toBeLessThanOrEqual(80);
  }
});

test('the next command repeats the way to deploy, for all that it shows of one', () => {
  expect(flat()).toContain(
    'npx pool-lab run --max-connections 30 --workers 4 --pool-size 5 --max-overflow 0 --workload point --connections 160 --duration 5s',
  );
  const pooled = { pool: three(100).map((goodput) => ({ goodput, refused: 9 })) };
  expect(flat(pooled)).toContain(
    '--pooler pgbouncer --pooler-mode transaction --pooler-size 20 --pooler-clients 320',
  );
  expect(flat({}, { flags: { rate: '300/s' } })).toContain('--stages 300/s:5s --max-in-flight 256');
});

test('a PgBouncer that opens more than is usable is named with who is refused for it', () => {
  const flags = { poolerSize: '50', smallPoolSize: '2' };
  expect(answer({}, { flags })).toContain(
    'NullPool and PgBouncer: 0 refused, but PgBouncer can open 50 of 26 usable, and everybody else is refused, 0.039',
  );
  expect(answer({}, { flags })).toContain('A small pool and PgBouncer: 0 refused, 0.80');
  expect(flat({}, { flags })).toContain(
    'sees 50 at most, however many workers there are, more than the 26 usable: it keeps to itself',
  );
});
