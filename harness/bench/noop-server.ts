import { createServer, type Socket } from 'node:net';

/** One answer for every request: as little as a server in Node can do. */
const ANSWER = Buffer.from(
  'HTTP/1.1 200 OK\r\nx-pool-lab-worker: 1\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok',
);
const END_OF_HEAD = '\r\n\r\n';

export interface NoopServer extends AsyncDisposable {
  readonly origin: string;
}

/**
 * A server on loopback that answers each request at once and looks at nothing but its end. What a
 * generator reaches here is its own limit, or that of the loopback, rather than a server's.
 */
export async function startNoopServer(): Promise<NoopServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    // Heads of a load generator come whole, in one segment.
    socket.on('data', (chunk) => {
      for (let at = chunk.indexOf(END_OF_HEAD); at >= 0; at = chunk.indexOf(END_OF_HEAD, at + 4)) {
        socket.write(ANSWER);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
