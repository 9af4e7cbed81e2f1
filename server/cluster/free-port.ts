import { createServer } from 'node:net';

/**
 * A port of `host` that can be listened on: `port` itself, or for 0 one the system chooses. Rejects
 * with the system's error (EADDRINUSE) when it is taken. It is free again when this resolves, so
 * somebody else may still take it.
 */
export function freePort({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      const chosen = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(chosen));
    });
  });
}
