import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { realTimeline } from '../../load/open/real-timeline.ts';
import { type Distance, NO_DISTANCE } from '../../plan/distance.ts';
import { type DistanceProxy, startDistanceProxy } from '../distance-proxy.ts';

/** A listener, and the proxy in front of it, for the time of `use`. */
export async function withProxy<T>(
  {
    onConnection,
    ...distance
  }: Partial<Distance> & { readonly onConnection: (socket: Socket) => void },
  use: (there: { connect(): Socket; readonly proxy: DistanceProxy }) => Promise<T>,
): Promise<T> {
  const seen: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    seen.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  const target = { host: '127.0.0.1', port: await listening(server) };
  const proxy = await startDistanceProxy(
    { target, distance: { ...NO_DISTANCE, ...distance }, seed: 1 },
    realTimeline,
  );
  const clients: Socket[] = [];
  try {
    return await use({
      proxy,
      connect: () => {
        const client = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true });
        client.on('error', () => undefined);
        clients.push(client);
        return client;
      },
    });
  } finally {
    for (const socket of [...clients, ...seen]) socket.destroy();
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  }
}

export async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export const echo = (socket: Socket): void => {
  socket.pipe(socket);
};
