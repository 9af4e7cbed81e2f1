import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, expect, test } from 'vitest';

const server = createServer();

afterAll(async () => {
  server.close();
  await once(server, 'close');
});

test('closes what it opened in a hook of its own', async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  expect(server.listening).toBe(true);
});
