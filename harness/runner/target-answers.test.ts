import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { EXPECT_BY_DEFAULT, type RequestTemplate } from '../plan/request-mix.ts';
import { listening } from '../service/test/listening.ts';
import { requireTargetAnswers } from './target-answers.ts';

const answering = (status: number, headers: Readonly<Record<string, string>> = {}) =>
  listening(
    createHttpServer(((_, response) =>
      response.writeHead(status, headers).end()) as RequestListener),
  );

function template(changes: Partial<RequestTemplate>): RequestTemplate {
  return {
    name: 'GET /orders',
    method: 'GET',
    path: '/orders',
    headers: {},
    body: null,
    bodyKind: 'text',
    weight: 1,
    expect: EXPECT_BY_DEFAULT,
    ...changes,
  };
}

/** What is said of it on the way, and what is given back. */
async function asked(origin: string, changes: Partial<RequestTemplate> = {}) {
  const warnings: string[] = [];
  const wrong = await requireTargetAnswers(
    origin,
    { templates: [template(changes)], rows: null },
    {
      signal: new AbortController().signal,
      warn: (sentence) => warnings.push(sentence),
      deadlineMs: 200,
    },
  );
  return { wrong, warnings };
}

test('a right answer is nothing to talk about', async () => {
  await using service = await answering(200);
  expect(await asked(service.origin)).toEqual({ wrong: [], warnings: [] });
});

test.each([
  [401, 'it wants to know who asks', 'authorization'],
  [403, 'whoever asks may not', 'authorization'],
  [404, 'nothing is there', "--request 'GET /path'"],
  [405, 'not with this method', "--request 'POST /path'"],
  [422, 'before any load', 'its body'],
])('%i is the request, which is refused: %s', async (status, problem, remedy) => {
  await using service = await answering(status);
  await expect(asked(service.origin)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(new RegExp(`answers GET /orders with ${status} .*${problem}`)),
    hint: expect.stringContaining(remedy),
  });
});

test('a status that was said to be right is', async () => {
  await using service = await answering(404);
  const expected = [{ from: 404, to: 404 }];
  expect(await asked(service.origin, { expect: expected })).toEqual({ wrong: [], warnings: [] });
});

test('what the service itself gets wrong is said, and measured', async () => {
  await using service = await answering(503);
  expect(await asked(service.origin)).toEqual({
    wrong: [{ name: 'GET /orders', got: 'status 503' }],
    warnings: [expect.stringContaining('GET /orders answers 503 before any load')],
  });
});

test('a redirect to elsewhere is refused, without what may be secret in it', async () => {
  const location = 'https://ann:pw@example.com/orders?token=pw#pw';
  await using service = await answering(302, { location });
  const refused = expect.objectContaining({
    code: 'CONFIG_INVALID',
    message: `${service.origin} answers GET /orders with 302 to https://example.com/orders: redirects are not followed`,
    hint: expect.stringContaining('behind what ends TLS'),
  });
  await expect(asked(service.origin)).rejects.toEqual(refused);
});

test('one within the service is measured as such, and said', async () => {
  await using service = await answering(307, { location: '/orders/?a=1' });
  expect(await asked(service.origin)).toEqual({
    wrong: [],
    warnings: [
      expect.stringMatching(/^GET \/orders answers 307 to \/orders\/, which is not followed/),
    ],
  });
  const expected = [{ from: 307, to: 307 }];
  expect(await asked(service.origin, { expect: expected })).toEqual({ wrong: [], warnings: [] });
});

test.each([
  ['nothing listens', null, 'nothing listens at'],
  [
    'another protocol',
    () => createServer((socket) => socket.end('220 mail ready\r\n')),
    'does not speak HTTP',
  ],
  [
    'a connection that ends',
    () => createServer((socket) => socket.destroy()),
    'ends it without an answer to GET /orders',
  ],
  ['silence', () => createServer(() => undefined), 'did not answer GET /orders within 0.2 s'],
])('%s is no service', async (_, server, message) => {
  const stranger = await listening(server === null ? createServer() : server());
  if (server === null) await stranger[Symbol.asyncDispose]();
  await expect(asked(stranger.origin)).rejects.toMatchObject({
    code: 'SERVICE_NOT_READY',
    message: expect.stringContaining(message),
  });
  if (server !== null) await stranger[Symbol.asyncDispose]();
});
