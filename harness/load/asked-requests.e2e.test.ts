import { expect, test } from 'vitest';
import { HEADERS } from '../../server/contract.ts';
import type { RequestMix, RequestTemplate } from '../plan/request-mix.ts';
import { decodeHistogram } from './account/histogram.ts';
import { runClosedLoad } from './closed/closed-engine.ts';
import type { LoadEngine, LoadRequest, LoadResult } from './load-engine.ts';
import { runOpenLoad } from './open/open-engine.ts';
import { startRecordingServer } from './test/recording-server.ts';
import { template } from './test/request-template.ts';

/*
 * Both engines, sockets and all, against a service that knows what it was asked: what the result counts is
 * what the service saw.
 */

const ENGINES: readonly (readonly [string, LoadEngine['run'], LoadRequest['model']])[] = [
  ['closed', runClosedLoad, { kind: 'closed', connections: 4, thinkTimeMs: 1 }],
  [
    'open',
    runOpenLoad,
    {
      kind: 'open',
      stages: [{ fromPerSecond: 1_000, toPerSecond: 1_000, durationMs: 200 }],
      arrivals: 'constant',
      maxInFlight: 4,
      atCap: 'queue',
      threads: 1,
    },
  ],
];
const DURATION_MS = 200;
/** With it the first six requests of six kinds are one of each, however few the machine comes to. */
const SEED = 629;

test.each(ENGINES)('%s: every kind of request arrives as it was written', async (...engine) => {
  await using server = await startRecordingServer((response) => response.end('ok'));
  const mix = mixOf(
    [
      template('GET /items/{{id}}?q={{text}}', { weight: 5 }),
      template('POST /orders', {
        weight: 3,
        headers: { 'content-type': 'application/json', 'x-tenant': 'tenant {{id}}' },
        body: '{"id":"{{id}}","text":"{{text}}"}',
        bodyKind: 'json',
      }),
      template('DELETE /items/1', { body: 'why not', weight: 1 }),
      template('HEAD /items', { weight: 1 }),
      template('OPTIONS /items', { weight: 1 }),
      template('PUT /empty', { weight: 1 }),
    ],
    [
      { id: '1', text: 'zwölf & "mehr"' },
      { id: '2', text: 'a/b?c' },
    ],
  );
  const result = await run(engine, server.origin, mix);
  const count = (of: RequestTemplate): number =>
    server.seen.filter(({ method }) => method === of.method).length;
  expect(result.brokenLaws).toEqual([]);
  expect(result.ledger).toMatchObject({ ok: server.seen.length, httpErrors: {}, lost: 0 });
  expect(result.byRequest).toEqual(
    mix.templates.map((of) => ({ name: of.name, ok: count(of), failed: 0 })),
  );
  for (const { ok } of result.byRequest) expect(ok).toBeGreaterThan(0);
  expect(server.connections).toBe(4);
  expect(result.reconnects).toBe(0);

  const host = new URL(server.origin).host;
  for (const { method, path, headers, body } of server.seen) {
    expect(headers.host).toBe(host);
    if (method === 'GET') {
      expect(['/items/1?q=zw%C3%B6lf%20%26%20%22mehr%22', '/items/2?q=a%2Fb%3Fc']).toContain(path);
    }
    if (method === 'POST') {
      const sent: { id: string; text: string } = JSON.parse(body);
      expect(mix.rows).toContainEqual(sent);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'x-tenant': `tenant ${sent.id}`,
        'content-length': String(Buffer.byteLength(body)),
      });
    }
    if (method === 'DELETE') expect(body).toBe('why not');
    if (method === 'PUT') expect(headers['content-length']).toBe('0');
    if (method === 'HEAD' || method === 'OPTIONS') expect(body).toBe('');
  }
});

test('both engines ask the same requests in the same order for the same seed', async () => {
  const mix = mixOf(
    [template('GET /a/{{id}}', { weight: 2 }), template('POST /b', { body: '{{id}}' })],
    Array.from({ length: 30 }, (_, id) => ({ id: String(id) })),
    'random',
  );
  const sequences: string[][] = [];
  for (const [name, runLoad, model] of [...ENGINES, ...ENGINES]) {
    await using server = await startRecordingServer((response) => response.end());
    const one =
      model.kind === 'closed' ? { ...model, connections: 1 } : { ...model, maxInFlight: 1 };
    await run([name, runLoad, one], server.origin, mix);
    sequences.push(server.seen.map(({ method, path, body }) => `${method} ${path} ${body}`));
  }
  const length = Math.min(...sequences.map((sequence) => sequence.length));
  expect(length).toBeGreaterThan(5);
  for (const sequence of sequences) {
    expect(sequence.slice(0, length)).toEqual(sequences[0]?.slice(0, length));
  }
});

test.each(ENGINES)('%s: answers without a body keep their connection', async (...engine) => {
  await using server = await startRecordingServer((response, { path }) => {
    if (path === '/sized') response.setHeader('content-length', 1_000);
    if (path === '/chunked') response.setHeader('transfer-encoding', 'chunked');
    response.writeHead(path === '/204' || path === '/304' ? Number(path.slice(1)) : 200).end();
  });
  const names = ['HEAD /sized', 'HEAD /chunked', 'HEAD /unsized', 'GET /204', 'GET /304'];
  const result = await run(engine, server.origin, mixOf(names.map((name) => template(name))));
  expect(result.brokenLaws).toEqual([]);
  expect(result.ledger).toMatchObject({ ok: server.seen.length, lost: 0, unanswered: 0 });
  expect(result.reconnects).toBe(0);
  expect(server.connections).toBe(4);
});

test.each(ENGINES)(
  '%s: an answer that cannot have a body and announces one is answered, and its connection is done with',
  async (...engine) => {
    await using server = await startRecordingServer((response) => {
      response.writeHead(304, { 'content-length': 5 }).end();
    });
    const result = await run(engine, server.origin, mixOf([template('GET /')]));
    expect(result.brokenLaws).toEqual([]);
    expect(result.ledger).toMatchObject({ ok: server.seen.length, lost: 0, unanswered: 0 });
    expect(server.seen.length).toBeGreaterThan(0);
    expect(server.connections).toBeGreaterThanOrEqual(server.seen.length);
  },
);

test.each(ENGINES)('%s: what is right is what the request expects', async (...engine) => {
  await using server = await startRecordingServer((response, { path }) => {
    response.writeHead(path === '/gone' ? 404 : 200).end('not much');
  });
  const expect404 = { expect: [{ from: 404, to: 404 }] };
  const mix = mixOf([template('GET /gone', expect404), template('GET /here', expect404)]);
  const result = await run(engine, server.origin, mix);
  const gone = server.seen.filter(({ path }) => path === '/gone').length;
  expect(result.ledger).toMatchObject({
    ok: gone,
    httpErrors: { http_200: server.seen.length - gone },
  });
  expect(result.byRequest).toEqual([
    { name: 'GET /gone', ok: gone, failed: 0 },
    { name: 'GET /here', ok: 0, failed: server.seen.length - gone },
  ]);
});

test.each(ENGINES)(
  '%s: a failure is named by its header, else by its words, else by its status',
  async (...engine) => {
    const said = 'sqlalchemy.exc.TimeoutError: QueuePool limit of size 5 overflow 10 reached';
    await using server = await startRecordingServer((response, { path }) => {
      response.statusCode = 500;
      if (path === '/header') response.setHeader(HEADERS.errorClass, 'deadlock');
      if (path === '/words') {
        // In two chunks, the border within the sentence.
        response.write(said.slice(0, 40));
        setImmediate(() => response.end(`${said.slice(40)}${'.'.repeat(10_000)}`));
        return;
      }
      if (path === '/refusal') response.end('{"detail":"FATAL:  sorry, too many clients already"}');
      else if (path === '/late') response.end(`${'.'.repeat(5_000)}${said}`);
      else if (path === '/right') response.writeHead(200).end(said);
      else response.writeHead(path === '/gateway' ? 502 : 500).end();
    });
    const paths = ['header', 'words', 'refusal', 'late', 'gateway', 'right'];
    const mix = mixOf(paths.map((path) => template(`GET /${path}`)));
    const { ledger, brokenLaws } = await run(engine, server.origin, mix);
    const count = (path: string): number =>
      server.seen.filter((one) => one.path === `/${path}`).length;
    expect(brokenLaws).toEqual([]);
    expect(ledger.ok).toBe(count('right'));
    expect(ledger.httpErrors).toEqual({
      deadlock: count('header'),
      pool_timeout: count('words'),
      too_many_connections: count('refusal'),
      http_500: count('late'),
      http_502: count('gateway'),
    });
    expect(ledger.refusalReasons).toEqual({ all_slots: count('refusal') });
  },
);

test.each(ENGINES)(
  '%s: a body of a megabyte arrives whole, and so does its answer',
  async (...engine) => {
    const body = 'é'.repeat(500_000);
    await using server = await startRecordingServer((response, request) => {
      response.end(request.body === body ? body : '');
    });
    const [name, runLoad, model] = engine;
    const few =
      model.kind === 'closed'
        ? { ...model, thinkTimeMs: 20 }
        : { ...model, stages: [{ fromPerSecond: 40, toPerSecond: 40, durationMs: DURATION_MS }] };
    const result = await run(
      [name, runLoad, few],
      server.origin,
      mixOf([template('POST /', { body })]),
    );
    expect(result.ledger).toMatchObject({ ok: server.seen.length, lost: 0, unanswered: 0 });
    expect(server.seen.length).toBeGreaterThan(0);
    for (const one of server.seen) expect(one.body === body).toBe(true);
    expect(result.reconnects).toBe(0);
  },
);

test.each(ENGINES)('%s: a part is that of the answers which told it', async (...engine) => {
  await using server = await startRecordingServer((response, { path }) => {
    if (path === '/db') response.setHeader('server-timing', 'db;dur=5, total;dur=6, cache;dur=1');
    setTimeout(() => response.end(), 8);
  });
  const mix = mixOf([template('GET /db'), template('GET /silent')]);
  const { timed, ledger, componentsUs } = await run(engine, server.origin, mix);
  const told = server.seen.filter(({ path }) => path === '/db').length;
  expect(timed).toEqual({
    ...{ answers: ledger.ok, wait: 0, connect: 0, db: told, loop: 0, total: told },
  });
  const db = decodeHistogram(componentsUs.db);
  expect(db.samples).toBe(told);
  expect(db.quantileUs(0.01)).toBeCloseTo(5_000, -2);
  expect(decodeHistogram(componentsUs.wait).samples).toBe(0);
});

test.each(ENGINES)('%s: a retry asks for the same once more', async (...engine) => {
  const asked = new Map<string, number>();
  await using server = await startRecordingServer((response, { path }) => {
    const times = (asked.get(path) ?? 0) + 1;
    asked.set(path, times);
    response.writeHead(times === 1 ? 503 : 200).end();
  });
  const rows = Array.from({ length: 10_000 }, (_, id) => ({ id: String(id) }));
  const { ledger, brokenLaws } = await run(
    engine,
    server.origin,
    mixOf([template('GET /{{id}}')], rows),
    { retry: { retriesMax: 1, backoffMs: 4 } },
  );
  expect(brokenLaws).toEqual([]);
  expect(ledger).toMatchObject({ ok: asked.size, scheduled: asked.size, httpErrors: {} });
  expect(ledger.attempts.httpErrors).toEqual({ http_503: asked.size });
  expect([...asked.values()].every((times) => times === 2)).toBe(true);
  // One after the other, from the first row on.
  expect(new Set(asked.keys())).toEqual(
    new Set(rows.slice(0, asked.size).map(({ id }) => `/${id}`)),
  );
});

test.each(ENGINES)('%s: requests call it what they are told to', async (...engine) => {
  await using server = await startRecordingServer((response) => response.end('ok'));
  const mix = mixOf([template('GET /')]);
  const { brokenLaws } = await run(engine, server.origin, mix, { host: 'shop.test:8080' });
  expect(brokenLaws).toEqual([]);
  expect(new Set(server.seen.map(({ headers }) => headers.host))).toEqual(
    new Set(['shop.test:8080']),
  );
});

test.each(ENGINES)('%s: a redirect is an answer, and not followed', async (...engine) => {
  await using elsewhere = await startRecordingServer((response) => response.end());
  await using server = await startRecordingServer((response) => {
    response.writeHead(302, { location: `${elsewhere.origin}/` }).end();
  });
  const { ledger } = await run(engine, server.origin, mixOf([template('GET /')]));
  expect(ledger).toMatchObject({ ok: server.seen.length, httpErrors: {} });
  expect(elsewhere.connections).toBe(0);
});

function mixOf(
  templates: readonly RequestTemplate[],
  rows: RequestMix['rows'] = null,
  order: RequestMix['order'] = 'sequential',
): RequestMix {
  return { templates, rows, order };
}

async function run(
  [, runLoad, model]: readonly [string, LoadEngine['run'], LoadRequest['model']],
  origin: string,
  requests: RequestMix,
  changes: Partial<LoadRequest> = {},
): Promise<LoadResult> {
  return await runLoad(
    {
      origin,
      path: '/',
      requests,
      model,
      durationMs: DURATION_MS,
      drainMs: 2_000,
      requestTimeoutMs: 5_000,
      retry: null,
      goodputDeadlineMs: 1_000,
      targetDownMs: 5_000,
      seed: SEED,
      ...changes,
    },
    { signal: new AbortController().signal, onProgress: () => undefined },
  );
}
