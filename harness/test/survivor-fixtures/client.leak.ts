import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect, test } from 'vitest';

test('leaves an open connection behind', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP address');
  const client = connect(address.port, address.address);
  await once(client, 'connect');
  server.close();
  expect(client.destroyed).toBe(false);
});
