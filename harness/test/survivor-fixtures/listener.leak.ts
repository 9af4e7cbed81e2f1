import { createServer } from 'node:net';
import { expect, test } from 'vitest';

test('leaves a listener behind', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  expect(server.listening).toBe(true);
});
