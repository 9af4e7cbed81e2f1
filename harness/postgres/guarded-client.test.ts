import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { generateServerCertificate } from './certificate.ts';
import { clientOptions } from './client-options.ts';
import { GuardedClient } from './guarded-client.ts';

/** Everything a session's start needs, and nothing after it. */
const LETS_IN = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0, 0x5a, 0, 0, 0, 5, 0x49]);

test('a server that falls silent keeps nobody who leaves', async () => {
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy());
    socket.once('data', () => socket.write(LETS_IN));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const role = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' };
  const client = new GuardedClient(clientOptions(role));
  client.on('error', () => undefined);
  await client.connect();
  await client.end();
  const asked = new GuardedClient(clientOptions(role));
  asked.on('error', () => undefined);
  await asked.connect();
  const answer = asked.query('SELECT 1');
  asked.breakOff();
  await expect(answer).rejects.toThrow();
  await asked.end();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

/** An authentication request that nobody knows: pg's parser throws. */
const GARBAGE = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 99]);

test.each(['disable', 'require'] as const)(
  'with sslmode %s an answer that is no PostgreSQL’s is an error of the connection alone',
  async (sslMode) => {
    const { certificate: cert, key } = await generateServerCertificate();
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => socket.destroy());
      socket.once('data', () => {
        if (sslMode === 'disable') {
          socket.write(GARBAGE);
          return;
        }
        socket.write('S');
        const encrypted = new TLSSocket(socket, { isServer: true, cert, key });
        encrypted.on('error', () => socket.destroy());
        encrypted.once('data', () => encrypted.write(GARBAGE));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const role = { host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd', sslMode };
    const client = new GuardedClient(clientOptions(role));
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow('Unknown authenticationOk message type');
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  },
);
