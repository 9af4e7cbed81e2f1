import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor, REDACTED } from '../report/redactor.ts';
import { readServiceOutput, splitLines } from './service-output.ts';

/** What was read of a stream that ended, in chunks as given. */
async function outputOf(chunks: readonly string[], secrets: readonly string[] = []) {
  const redactor = createRedactor();
  for (const secret of secrets) redactor.register(secret);
  const stream = new PassThrough();
  const output = readServiceOutput([stream, null], redactor);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await output.drained(5_000);
  return output;
}

test('lines are the same, whatever the borders of their chunks are', () => {
  const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é'), maxLength: 8 });
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(30)), (lines, cuts) => {
      const text = lines.map((it) => `${it}\n`).join('');
      const found: string[] = [];
      const split = splitLines((it) => found.push(it));
      let at = 0;
      for (const length of cuts) {
        split.push(text.slice(at, at + length));
        at += length;
      }
      split.push(text.slice(at));
      split.end();
      expect(found).toEqual(lines);
    }),
  );
});

const CHAIN = `ERROR:    Exception in ASGI application
Traceback (most recent call last):
  File "asyncpg/connection.py", line 1, in connect
asyncpg.exceptions.TooManyConnectionsError: sorry, too many clients already

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "sqlalchemy/engine.py", line 1, in connect
sqlalchemy.exc.DBAPIError: (asyncpg.Error) <class 'asyncpg.exceptions.TooManyConnectionsError'>: sorry, too many clients already
(Background on this error at: https://sqlalche.me/e/14/dbapi)
`;
const QUEUE_POOL = `Traceback (most recent call last):
  File "pool.py", line 1, in get
sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached, connection timed out
`;

test.each([
  ['a chain of exceptions', CHAIN, { poolTimeouts: 0, refusals: 1 }],
  ['two of them', CHAIN + CHAIN, { poolTimeouts: 0, refusals: 2 }],
  ['two tracebacks without a headline', QUEUE_POOL + QUEUE_POOL, { poolTimeouts: 2, refusals: 0 }],
  ['one of each', CHAIN + QUEUE_POOL, { poolTimeouts: 1, refusals: 1 }],
  [
    'errors of Node, each with its stack',
    'Error: timeout exceeded when trying to connect\n    at Pool (pool.js:1)\n'.repeat(3),
    { poolTimeouts: 3, refusals: 0 },
  ],
  [
    'an exception of the JVM with its cause',
    'org.hibernate.JDBCException: Unable to acquire\n\tat a.B.c(B.java:1)\nCaused by: java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 1000ms\n\tat x\n',
    { poolTimeouts: 1, refusals: 0 },
  ],
  [
    'what says nothing of it',
    'INFO: started\nTraceback is a word\n',
    { poolTimeouts: 0, refusals: 0 },
  ],
])('%s: each failure is counted once', async (_name, text, counts) => {
  const output = await outputOf([text]);
  expect(output.said()).toMatchObject(counts);
});

test('a secret is hidden where two chunks meet', async () => {
  const output = await outputOf(['password is ges', 'am-öffne', ' dich\n'], ['gesam-öffne']);
  expect(output.lastLines()).toEqual([`password is ${REDACTED} dich`]);
});

test('nor is it shown where nothing but what a terminal obeys kept it apart', async () => {
  const wide = [...'gesam-öffne'].join('\0');
  const output = await outputOf([`${wide}\nges\u001b[1mam-öffne\n`], ['gesam-öffne']);
  expect(output.lastLines()).toEqual([REDACTED, REDACTED]);
});

test.each([10, 480, 16_370, 20_000])(
  'no piece of one is left of a line that is cut, %i characters on',
  async (at) => {
    const secret = 'opensesame-'.repeat(4);
    const output = await outputOf([`${'x'.repeat(at)}${secret}${'y'.repeat(600)}\n`], [secret]);
    expect(output.lastLines().join('')).not.toContain('open');
  },
);

test('nor where so much was hidden that the cut comes into sight', async () => {
  const secret = 'opensesame-'.repeat(200);
  const output = await outputOf([`${secret.repeat(20)}\n`], [secret]);
  expect(output.lastLines()).toEqual([REDACTED]);
});

test('the last twenty lines are kept, and no more, of however many', async () => {
  const said = Array.from({ length: 1_000 }, (_, index) => `line ${index}`);
  const output = await outputOf([`${said.join('\n\n')}\n`]);
  expect(output.lastLines()).toEqual(said.slice(-20));
});

test('the last lines lose what a terminal would obey', async () => {
  const output = await outputOf(['\u001b[31mred\u001b[0m\u0007 \u202etxt\tend\r\n']);
  expect(output.lastLines()).toEqual(['red txt\tend']);
});

test('it tells that a port is taken', async () => {
  for (const text of [
    'Error: listen EADDRINUSE: address already in use 127.0.0.1:8000',
    "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use",
    "[ERROR] Connection in use: ('127.0.0.1', 8000)",
  ]) {
    expect((await outputOf([`${text}\n`])).saysPortTaken).toBe(true);
  }
  expect((await outputOf(['listening\n'])).saysPortTaken).toBe(false);
});
