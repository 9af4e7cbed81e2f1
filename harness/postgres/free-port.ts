import { createServer } from 'node:net';

/**
 * A loopback port nobody listens on at this moment. PostgreSQL cannot be told to choose one itself,
 * so somebody may take it in between: whoever uses it must be ready to try another.
 */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') {
          reject(new Error(`a TCP listener without a port: ${String(address)}`));
        } else {
          resolve(address.port);
        }
      });
    });
  });
}
