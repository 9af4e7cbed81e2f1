import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { startStubServer } from '../stubs/stub-server.ts';
import {
  AUTOCANNON_VERSION,
  type AutocannonClient,
  startAutocannon,
} from './autocannon-adapter.ts';

/*
 * The engine replaces private members of autocannon's clients. They may change in any release, so
 * the version is pinned exactly, and what is replaced or called is looked for here by name.
 */

test('autocannon is pinned exactly to the version that results name', () => {
  const installed: { version: string } = createRequire(import.meta.url)('autocannon/package.json');
  expect(packageJson.dependencies.autocannon).toMatch(/^\d+\.\d+\.\d+$/);
  expect(installed.version).toBe(packageJson.dependencies.autocannon);
  expect(AUTOCANNON_VERSION).toBe(`autocannon ${installed.version}`);
});

test('a client has its private members when it is set up, before its first connect', async () => {
  await using found = await withOneClient();
  const { client, atSetUp } = found;
  expect(atSetUp).toEqual({ connected: false, sent: 0 });
  for (const method of [
    client._connect,
    client._doRequest,
    client._destroyConnection,
    client.destroy,
    client.parser.execute,
    client.parser.BODY_CHUNKHEAD,
    client.parser.finish,
    client.parser.reinitialize,
    client.pipelinedRequests.insertRequest,
    client.pipelinedRequests.addBody,
    client.pipelinedRequests.size,
    client.parser.shouldKeepAlive,
    client.parser[2],
    client.getRequestBuffer,
  ]) {
    expect(method).toBeTypeOf('function');
  }
  expect(client.parser.type).toBe('RESPONSE');
  expect(client.parser.state).toBe('RESPONSE_LINE');
  expect(client.requestIterator.currentRequest).toBeTypeOf('object');
  expect(client.opts).toMatchObject({ hostname: '127.0.0.1', port: expect.any(Number) });
  expect(client.parser).toMatchObject({ body_bytes: null, isChunked: false });
});

test('autocannon connects and sends through members that can be replaced on one client', async () => {
  await using found = await withOneClient();
  const { calls } = found;
  // Constructing it connects, and connecting sends at once.
  expect(calls).toEqual(['_connect', '_doRequest']);
});

test('the wrapped members are the ones called after an answer and after the peer ended', async () => {
  await using stub = await startStubServer({
    serviceMs: 0,
    breaks: { everyRequests: 2, how: 'fin-instead-of-answer' },
  });
  const calls = Promise.withResolvers<readonly string[]>();
  const run = startAutocannon({ origin: stub.origin, path: '/', connections: 1 }, (client) => {
    const seen = recordCalls(client);
    client.on('headers', (head) => seen.push(`headers ${head.statusCode} ${head.shouldKeepAlive}`));
    client.on('response', () => seen.push('response'));
    const connect = client._connect;
    client._connect = () => {
      connect();
      if (seen.filter((name) => name === '_connect').length === 2) {
        client.destroy();
        calls.resolve(seen);
      }
    };
  });
  expect(await calls.promise).toEqual([
    '_connect',
    '_doRequest',
    'headers 200 true',
    'response',
    '_doRequest',
    '_connect',
    '_doRequest',
  ]);
  await run.stop();
});

async function withOneClient() {
  const stub = await startStubServer({ serviceMs: 60_000 });
  const clients: AutocannonClient[] = [];
  let calls: readonly string[] = [];
  let atSetUp: object = {};
  const run = startAutocannon({ origin: stub.origin, path: '/', connections: 1 }, (client) => {
    clients.push(client);
    atSetUp = { connected: 'conn' in client, sent: client.pipelinedRequests.size() };
    calls = recordCalls(client);
  });
  const [client] = clients;
  if (client === undefined) {
    await stub.close();
    throw new Error('autocannon set up no client');
  }
  return {
    client,
    atSetUp,
    calls,
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await run.stop();
      await stub.close();
    },
  };
}

function recordCalls(client: AutocannonClient): string[] {
  const calls: string[] = [];
  for (const name of ['_connect', '_doRequest'] as const) {
    const method = client[name].bind(client);
    client[name] = () => {
      calls.push(name);
      method();
    };
  }
  return calls;
}
