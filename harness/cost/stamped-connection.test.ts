import { expect, test } from 'vitest';
import { PHASES } from '../analysis/cost/connection-times.ts';
import { destinationOf, measureConnection, refusalWords } from './stamped-connection.ts';
import {
  ANSWER,
  message,
  NO_TLS_ADDRESS,
  NOTICE,
  OK,
  PASSWORD,
  READY,
  type Script,
  scripted,
} from './test/scripted-server.ts';

const ASKED = { sql: 'SELECT 1', applicationName: 'test' };
/** Far longer than any step takes here, on a machine that is busy as well. */
const PAUSE_MS = 80;

async function measure(script: Script) {
  await using server = await scripted(script);
  const address = { ...NO_TLS_ADDRESS, port: server.port };
  return await measureConnection(destinationOf(address), ASKED);
}

test.each([
  ['startup', 0],
  ['session', 1],
  ['firstQuery', 2],
  ['warmQuery', 3],
] as const)('what the server takes for %s is in that step', async (phase, step) => {
  const script = [PASSWORD, Buffer.concat([OK, NOTICE, READY]), ANSWER, ANSWER].map((say, index) =>
    index === step ? { say, afterMs: PAUSE_MS } : { say },
  );
  const times = await measure(script);
  const longest = PHASES.toSorted((a, b) => (times[`${b}Ms`] ?? 0) - (times[`${a}Ms`] ?? 0))[0];
  expect(longest).toBe(phase);
  expect(times[`${phase}Ms`]).toBeGreaterThan(PAUSE_MS - 5);
  expect(times).toMatchObject({
    ...{ authentication: 'password', tlsProtocol: null, clientHashMs: null },
    ...{ tlsRequestMs: null, tlsHandshakeMs: null, challengeMs: null },
  });
});

test('where nothing is asked for, everything until the session is there is one step', async () => {
  const times = await measure([
    { say: Buffer.concat([OK, READY]) },
    { say: ANSWER },
    { say: ANSWER },
  ]);
  expect(times).toMatchObject({ authentication: 'trust', startupMs: null, challengeMs: null });
  expect(times.sessionMs).toBeGreaterThan(0);
});

test.each([
  [
    'a refusal',
    message('E', 'SFATAL\0C53300\0Msorry, too many clients already\0\0'),
    /^sorry, too many clients already \(SQLSTATE 53300\)$/,
  ],
  ['something else', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), /not PostgreSQL/],
  ['an authentication that nobody here knows', message('R', 7), /authentication 7/],
  ['SASL in another way', message('R', 10, 'SCRAM-SHA-512\0\0'), /offers SCRAM-SHA-512 alone/],
])('%s is told in words', async (_, say, words) => {
  const failure = await measure([{ say }]).catch(refusalWords);
  expect(failure).toMatch(words);
});

test('a server that goes in the middle is told', async () => {
  expect(await measure([]).catch(refusalWords)).toMatch(/closed the connection/);
});

test('where nobody listens, that is told', async () => {
  const { port } = await scripted([]).then(async (server) => {
    await server[Symbol.asyncDispose]();
    return server;
  });
  const destination = destinationOf({ ...NO_TLS_ADDRESS, port });
  await expect(measureConnection(destination, ASKED)).rejects.toThrow(/ECONNREFUSED/);
});

test('a server without TLS is told, where TLS was asked for', async () => {
  await using server = await scripted([{ say: Buffer.from('N') }]);
  const address = { ...NO_TLS_ADDRESS, port: server.port, sslMode: 'require' } as const;
  const failure = await measureConnection(destinationOf(address), ASKED).catch(refusalWords);
  expect(failure).toBe('the server does not speak TLS');
});

test('nobody who says more than a byte before the handshake is believed', async () => {
  await using server = await scripted([{ say: Buffer.concat([Buffer.from('S'), OK, READY]) }]);
  const address = { ...NO_TLS_ADDRESS, port: server.port, sslMode: 'require' } as const;
  const failure = await measureConnection(destinationOf(address), ASKED).catch(refusalWords);
  expect(failure).toBe('no answer to the request for TLS');
});
