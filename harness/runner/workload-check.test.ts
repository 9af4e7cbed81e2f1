import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { HEADERS } from '../../server/contract.ts';
import { requireValidParameters } from './workload-check.ts';

const PATH = '/w/hold?ms=20';

async function listening(server: Server) {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const close = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { origin: `http://127.0.0.1:${address.port}`, close, [Symbol.asyncDispose]: close };
}

const answering = (status: number, headers: Record<string, string>, body: string) =>
  listening(createHttpServer((_, response) => response.writeHead(status, headers).end(body)));

const check = (origin: string, deadlineMs = 5_000, signal = new AbortController().signal) =>
  requireValidParameters({ origin, path: PATH }, signal, deadlineMs);

test('parameters that a worker takes are valid', async () => {
  await using api = await answering(200, { [HEADERS.worker]: '1' }, '');
  await check(api.origin);
});

test('a worker that refuses them is quoted', async () => {
  const body = JSON.stringify({ error: { class: 'bad_request', message: 'ms is no number' } });
  await using api = await answering(400, { [HEADERS.worker]: '1' }, body);
  await expect(check(api.origin)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('ms is no number'),
  });
});

test('whoever is no worker is put under no load', async () => {
  await using other = await answering(200, {}, 'hello');
  await expect(check(other.origin)).rejects.toMatchObject({ code: 'REFUSED_TARGET' });
});

test('nobody there, and whoever speaks something else, is told with what happened', async () => {
  const gone = await listening(createServer());
  await gone.close();
  await expect(check(gone.origin)).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringContaining('ECONNREFUSED'),
  });
  await using database = await listening(createServer((socket) => socket.end('E\0\0\0')));
  await expect(check(database.origin)).rejects.toMatchObject({ code: 'SERVER_NOT_READY' });
});

test('whoever says nothing is not waited for without an end', async () => {
  await using silent = await listening(createServer());
  await expect(check(silent.origin, 50)).rejects.toMatchObject({
    code: 'SERVER_NOT_READY',
    message: expect.stringContaining('timeout'),
  });
});

test('a Ctrl-C meanwhile is no failure of the API', async () => {
  await using silent = await listening(createServer());
  const stopping = new AbortController();
  const asked = check(silent.origin, 5_000, stopping.signal);
  const reason = new Error('stopped');
  stopping.abort(reason);
  await expect(asked).rejects.toBe(reason);
});
