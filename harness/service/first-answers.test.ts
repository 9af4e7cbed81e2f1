import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { EXPECT_BY_DEFAULT, type RequestTemplate } from '../plan/request-mix.ts';
import { askEachOnce } from './first-answers.ts';
import { listening } from './test/listening.ts';

const signal = new AbortController().signal;

function template(changes: Partial<RequestTemplate> = {}): RequestTemplate {
  return {
    name: 'GET /',
    method: 'GET',
    path: '/',
    headers: {},
    body: null,
    bodyKind: 'text',
    weight: 1,
    expect: EXPECT_BY_DEFAULT,
    ...changes,
  };
}

const answering = (listener: RequestListener) => listening(createHttpServer(listener));

async function firstAnswer(origin: string, changes?: Partial<RequestTemplate>, deadlineMs = 5_000) {
  const mix = { templates: [template(changes)], rows: null };
  const [answer] = await askEachOnce(origin, mix, { signal, deadlineMs });
  return answer?.got;
}

test('each request is asked once, with its headers, its body and the first row', async () => {
  const seen: unknown[] = [];
  await using server = await answering(async (request, response) => {
    const body = await request.setEncoding('utf8').reduce((text, chunk) => text + chunk, '');
    const { method, url, headers } = request;
    seen.push({ method, url, key: headers['x-key'], length: headers['content-length'], body });
    response.writeHead(204).end();
  });
  const templates = [
    template(),
    template({
      name: 'POST /orders',
      method: 'POST',
      path: '/orders/{{id}}',
      headers: { 'x-key': '{{id}}' },
      body: 'é{{id}}',
    }),
  ];
  const rows = [{ id: 'a b' }, { id: 'never' }];
  const answers = await askEachOnce(server.origin, { templates, rows }, { signal });
  expect(answers.map(({ got }) => got)).toEqual([
    { kind: 'status', status: 204, isRight: true, location: null },
    { kind: 'status', status: 204, isRight: true, location: null },
  ]);
  expect(seen).toEqual([
    { method: 'GET', url: '/', key: undefined, length: undefined, body: '' },
    { method: 'POST', url: '/orders/a%20b', key: 'a b', length: '5', body: 'éa b' },
  ]);
});

test.each([
  [200, undefined, true],
  [404, undefined, false],
  [404, [{ from: 404, to: 404 }], true],
  [200, [{ from: 404, to: 404 }], false],
])('status %i is right with expect %j: %s', async (status, expected, isRight) => {
  await using server = await answering((_, response) => response.writeHead(status).end());
  expect(
    await firstAnswer(server.origin, expected === undefined ? {} : { expect: expected }),
  ).toMatchObject({ kind: 'status', status, isRight });
});

test('it is called what it is to be called, wherever it is connected to', async () => {
  const hosts: unknown[] = [];
  await using server = await answering(({ headers }, response) => {
    hosts.push(headers.host);
    response.writeHead(200).end();
  });
  const mix = { templates: [template()], rows: null };
  await askEachOnce(server.origin, mix, { signal });
  await askEachOnce(server.origin, mix, { signal, host: 'shop.test:8080' });
  expect(hosts).toEqual([new URL(server.origin).host, 'shop.test:8080']);
});

test('a redirect is told, and not followed', async () => {
  let asked = 0;
  await using server = await answering((_, response) => {
    asked += 1;
    response.writeHead(302, { location: '/elsewhere' }).end();
  });
  expect(await firstAnswer(server.origin)).toMatchObject({ status: 302, location: '/elsewhere' });
  expect(asked).toBe(1);
});

test('an answer without an end is one by its head', async () => {
  await using server = await answering((_, response) => response.writeHead(200).write('and so on'));
  expect(await firstAnswer(server.origin)).toMatchObject({ status: 200 });
});

test('nobody there, no HTTP and no answer are three things', async () => {
  const gone = await listening(createServer());
  await gone[Symbol.asyncDispose]();
  expect(await firstAnswer(gone.origin)).toEqual({ kind: 'failed', code: 'ECONNREFUSED' });

  await using stranger = await listening(
    createServer((socket) => socket.end('220 mail ready\r\n')),
  );
  expect(await firstAnswer(stranger.origin)).toMatchObject({
    kind: 'failed',
    code: expect.stringMatching(/^HPE_/),
  });

  await using silent = await listening(createServer(() => undefined));
  expect(await firstAnswer(silent.origin, {}, 50)).toEqual({ kind: 'silent', waitedMs: 50 });
});

test('whoever stops it waits for no answer', async () => {
  await using silent = await listening(createServer(() => undefined));
  const stopping = new AbortController();
  const asked = askEachOnce(
    silent.origin,
    { templates: [template()], rows: null },
    { signal: stopping.signal },
  );
  stopping.abort(new Error('stopped'));
  await expect(asked).rejects.toThrow('stopped');
});
