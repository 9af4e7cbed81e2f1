import type { FastifyInstance } from 'fastify';
import { afterEach, expect, test } from 'vitest';
import { buildApp } from './app.ts';
import { errorBodySchema, HEADERS, SERVER_TIMING, VALIDATE_ONLY_HEADER } from './contract.ts';
import { LoopTurns, NODE_LOOP } from './event-loop/loop-turns.ts';
import { type FinishedRequest, HttpAccount } from './http/http-account.ts';
import { DatabaseError } from './pool/database-error.ts';
import { seededRandom } from './random.ts';
import { type FakeAnswer, FakePool, poolTimeout, sqlError } from './test/fake-pool.ts';

const opened: FastifyInstance[] = [];
const loops: LoopTurns[] = [];
afterEach(async () => {
  for (const loop of loops.splice(0)) loop.stop();
  await Promise.all(opened.splice(0).map((app) => app.close()));
});

function watchedLoop(): LoopTurns {
  const loop = new LoopTurns(NODE_LOOP);
  loops.push(loop);
  return loop;
}

interface Surroundings {
  readonly draining?: boolean;
  readonly loop?: LoopTurns | null;
}

async function appOn(pool: FakePool, { draining = false, loop = null }: Surroundings = {}) {
  const account = new HttpAccount();
  const ended: FinishedRequest[] = [];
  const bugs: unknown[] = [];
  const app = await buildApp({
    workerId: 7,
    pool,
    account,
    recorder: { requestEnded: (request) => ended.push(request) },
    random: seededRandom(1),
    loop,
    isDraining: () => draining,
    reportBug: (error) => bugs.push(error),
  });
  opened.push(app);
  return { app, account, ended, bugs };
}

const oneRow = (): FakeAnswer => [{ id: 1, balance: 5, counter: 5 }];

test('an answer names its worker and says where its time went', async () => {
  const { app } = await appOn(new FakePool(oneRow), { loop: watchedLoop() });
  const answer = await app.inject('/w/point');
  expect(answer.statusCode).toBe(200);
  expect(answer.headers[HEADERS.worker]).toBe('7');
  const timing = String(answer.headers[HEADERS.serverTiming]);
  expect(timing.split(', ').map((part) => part.split(';')[0])).toEqual([...SERVER_TIMING]);
  expect(timing).toContain('wait;dur=1.000, connect;dur=2.000');
});

test('an answer of a server that does not watch its event loop is silent about it', async () => {
  const { app } = await appOn(new FakePool(oneRow));
  const answer = await app.inject('/w/point');
  const timing = String(answer.headers[HEADERS.serverTiming]);
  expect(timing.split(', ').map((part) => part.split(';')[0])).toEqual(
    SERVER_TIMING.filter((name) => name !== 'loop'),
  );
});

test.each([
  ['pool_timeout', 'deadline', 503],
  ['too_many_connections', 'all_slots', 503],
  ['db_unavailable', 'econnrefused', 503],
  ['db_auth', undefined, 500],
] as const)(
  'a checkout failing with %s is answered %s as %i',
  async (errorClass, reason, status) => {
    const pool = new FakePool(oneRow);
    pool.refusals.push(
      new DatabaseError('refused', { errorClass, reason, connectionUsable: false }),
    );
    const { app, account } = await appOn(pool);
    const answer = await app.inject('/w/point');
    expect(answer.statusCode).toBe(status);
    expect(answer.headers[HEADERS.errorClass]).toBe(errorClass);
    expect(answer.headers[HEADERS.errorReason]).toBe(reason);
    expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    expect(errorBodySchema.parse(answer.json()).error).toMatchObject({ class: errorClass });
    expect(account.snapshot()).toMatchObject({ finished: 1, errors: { [errorClass]: 1 } });
  },
);

test.each([
  ['40P01', 'deadlock detected', 'deadlock', 409],
  ['55P03', 'canceling statement due to lock timeout', 'lock_timeout', 504],
  ['57014', 'canceling statement due to statement timeout', 'statement_timeout', 504],
  ['42P01', 'relation does not exist', 'sql_error', 500],
] as const)(
  'SQLSTATE %s is answered as %s, in a transaction that is rolled back',
  async (...row) => {
    const [sqlstate, message, errorClass, status] = row;
    const pool = new FakePool((sql) =>
      sql.includes('UPDATE') ? sqlError(sqlstate, message) : oneRow(),
    );
    const { app } = await appOn(pool);
    const answer = await app.inject('/w/hot');
    expect(answer.statusCode).toBe(status);
    expect(errorBodySchema.parse(answer.json()).error).toMatchObject({
      class: errorClass,
      sqlstate,
    });
    expect(pool.queries.at(-1)).toBe('ROLLBACK');
    expect(pool.releases).toMatchObject([{ errorClass, connectionUsable: true }]);
  },
);

test('a connection that broke is not asked to roll back', async () => {
  const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  const pool = new FakePool((sql) => (sql.includes('FOR UPDATE') ? lost : oneRow()));
  const { app } = await appOn(pool);
  const answer = await app.inject('/w/hot');
  expect(answer.headers[HEADERS.errorClass]).toBe('conn_lost');
  expect(pool.queries).not.toContain('ROLLBACK');
  expect(pool.releases).toMatchObject([{ connectionUsable: false }]);
});

test('a mistake of the program is logged with its cause and answered without it', async () => {
  const mistake = new TypeError('undefined is not a function');
  const pool = new FakePool(() => mistake);
  const { app, bugs } = await appOn(pool);
  const answer = await app.inject('/w/point');
  expect(answer.statusCode).toBe(500);
  expect(answer.headers[HEADERS.errorClass]).toBe('other');
  expect(answer.body).not.toContain('undefined');
  expect(bugs).toHaveLength(1);
  expect(pool.held).toBe(0);
});

test.each([
  ['/nowhere', 404, 'no such route: GET /nowhere'],
  ['/%zz', 400, 'not a valid url'],
  ['/w/hold?ms=-1', 400, 'parameter ms is -1: must be >= 0'],
  ['/w/hold?ms=soon', 400, 'parameter ms is "soon": must be number'],
  ['/w/hold?seconds=1', 400, 'unknown parameter "seconds"'],
  [
    '/w/hot?rows=0&updates=99',
    400,
    'parameter rows is 0: must be >= 1; parameter updates is 99: must be <= 64',
  ],
  ['/w/hot?rows=2.5', 400, 'parameter rows is "2.5": must be integer'],
  ['/w/fan-out?mode=wild', 400, 'concurrent, sequential, nested'],
])('%s is refused with %i and every problem named', async (url, status, message) => {
  const pool = new FakePool(oneRow);
  const { app } = await appOn(pool);
  const answer = await app.inject(url);
  expect(answer.statusCode).toBe(status);
  expect(answer.headers[HEADERS.errorClass]).toBe('bad_request');
  expect(errorBodySchema.parse(answer.json()).error.message).toContain(message);
  expect(pool.queries).toEqual([]);
});

test('a draining worker tells its clients to connect elsewhere', async () => {
  const { app } = await appOn(new FakePool(oneRow), { draining: true });
  expect((await app.inject('/noop')).headers['connection']).toBe('close');
});

test('every request is counted once, by its route and never by its URL', async () => {
  const pool = new FakePool(oneRow);
  pool.refusals.push(poolTimeout());
  const { app, account, ended } = await appOn(pool);
  await app.inject('/w/point?key=3');
  await app.inject('/w/point?key=4');
  await app.inject('/nowhere?x=1');
  await app.inject('/%zz');
  expect(account.snapshot()).toEqual({
    started: 4,
    finished: 4,
    aborted: 0,
    inFlight: 0,
    errors: { pool_timeout: 1, bad_request: 2 },
  });
  expect(ended.map(({ route, status }) => [route, status])).toEqual([
    ['/w/point', 503],
    ['/w/point', 200],
    ['unmatched', 404],
    ['unmatched', 400],
  ]);
});

test('nested checkouts hold one connection for each level, and give all of them back', async () => {
  const pool = new FakePool(oneRow);
  const { app } = await appOn(pool);
  await app.inject('/w/fan-out?n=4&mode=nested');
  expect(pool).toMatchObject({ heldPeak: 4, held: 0 });
});

test('a failed inner checkout does not cost the connection that waited for it', async () => {
  const pool = new FakePool(oneRow);
  const { app } = await appOn(pool);
  // The outer checkout succeeds, the inner one is refused.
  const checkout = pool.checkout.bind(pool);
  let calls = 0;
  pool.checkout = () => {
    calls += 1;
    return calls === 2 ? Promise.reject(poolTimeout()) : checkout();
  };
  const answer = await app.inject('/w/fan-out?n=2&mode=nested');
  expect(answer.headers[HEADERS.errorClass]).toBe('pool_timeout');
  expect(pool.releases).toEqual([undefined]);
});

test('sequential checkouts hold one connection at a time', async () => {
  const pool = new FakePool(oneRow);
  const { app } = await appOn(pool);
  await app.inject('/w/fan-out?n=4&mode=sequential');
  expect(pool).toMatchObject({
    heldPeak: 1,
    held: 0,
    releases: [undefined, undefined, undefined, undefined],
  });
});

test('a stream ends when a page is not full, commits, and gives its connection back', async () => {
  const page = Array.from({ length: 3 }, (_, index) => ({ id: index, kind: 1, amount: 2 }));
  const pool = new FakePool((sql) => (sql.startsWith('FETCH') ? page : []));
  const { app } = await appOn(pool);
  const answer = await app.inject('/w/stream?rows=3');
  expect(
    answer.body
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(page);
  expect(pool.queries.at(-1)).toBe('COMMIT');
  expect(pool.releases).toEqual([undefined]);
});

test('a stream that fails before its first page is a proper error', async () => {
  const pool = new FakePool((sql) =>
    sql.startsWith('FETCH')
      ? sqlError('57014', 'canceling statement due to statement timeout')
      : [],
  );
  const { app } = await appOn(pool);
  expect((await app.inject('/w/stream')).statusCode).toBe(504);
  expect(pool.queries.at(-1)).toBe('ROLLBACK');
  expect(pool.held).toBe(0);
});

test.each([
  ['/w/hold?ms=20', 204],
  ['/w/hold?ms=never', 400],
  ['/w/hold?minutes=1', 400],
])('%s is only looked at when asked so, and takes no connection', async (url, status) => {
  const pool = new FakePool(() => []);
  const { app } = await appOn(pool);
  const answer = await app.inject({ url, headers: { [VALIDATE_ONLY_HEADER]: '1' } });
  expect(answer.statusCode).toBe(status);
  expect(pool.queries).toEqual([]);
});
