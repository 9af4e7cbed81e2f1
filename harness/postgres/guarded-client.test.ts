import { createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { expect, test } from 'vitest';
import { generateServerCertificate } from './certificate.ts';
import { clientOptions } from './client-options.ts';
import { GuardedClient } from './guarded-client.ts';

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
