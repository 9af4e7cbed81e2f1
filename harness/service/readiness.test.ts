import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { notAnswering } from './not-ready.ts';
import { askOnce, isReady } from './readiness.ts';

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const answering = (listener: RequestListener): Promise<number> => portOf(createServer(listener));
const connected = (listener: (socket: Socket) => void): Promise<number> =>
  portOf(createTcpServer(listener));

test.each([
  [200, true],
  [204, true],
  [302, true],
  [401, false],
  [503, false],
])('status %i is ready: %s', async (status, ready) => {
  const port = await answering((_request, response) => {
    response.writeHead(status, { location: '/never' }).end();
  });
  const answer = await askOnce({ port, path: '/', deadlineMs: 5_000 });
  expect(answer).toEqual({ kind: 'status', status });
  expect(isReady(answer)).toBe(ready);
});

test('the path is asked for as it stands, and a body without end is not waited for', async () => {
  const port = await answering((request, response) => {
    response.writeHead(request.url === '/a?b=c' ? 200 : 404).write('…');
  });
  const answer = await askOnce({ port, path: '/a?b=c', deadlineMs: 5_000 });
  expect(answer).toEqual({ kind: 'status', status: 200 });
});

test('what closes the connection, or speaks another language, is broken', async () => {
  const closing = await connected((socket) => socket.destroy());
  expect(await askOnce({ port: closing, path: '/', deadlineMs: 5_000 })).toMatchObject({
    kind: 'broken',
  });
  const talking = await connected((socket) => {
    socket.resume().end('220 smtp.example\r\n');
  });
  const answer = await askOnce({ port: talking, path: '/', deadlineMs: 5_000 });
  expect(answer).toMatchObject({ kind: 'broken', code: expect.stringMatching(/^HPE_/) });
  expect(
    notAnswering({
      answer,
      listeners: null,
      port: talking,
      usesPort: true,
      path: '/',
      waitedMs: 500,
      lines: [],
      shown: 'x',
    }).message,
  ).toMatch(/takes connections on port \d+ and does not answer \/ in HTTP \(HPE_/);
});

test('what does not answer is silent, and nobody is refused', async () => {
  const sockets: Socket[] = [];
  const port = await connected((socket) => sockets.push(socket));
  expect(await askOnce({ port, path: '/', deadlineMs: 50 })).toEqual({ kind: 'silent' });
  for (const socket of sockets) socket.destroy();
});

test('giving up is not waiting for the answer', async () => {
  const sockets: Socket[] = [];
  const port = await connected((socket) => sockets.push(socket));
  const quit = new AbortController();
  const asking = askOnce({ port, path: '/', deadlineMs: 60_000, signal: quit.signal });
  quit.abort();
  expect(await asking).toMatchObject({ kind: 'broken' });
  for (const socket of sockets) socket.destroy();
});

test('where nobody listens it is refused', async () => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  expect(await askOnce({ port, path: '/', deadlineMs: 5_000 })).toEqual({ kind: 'refused' });
});
