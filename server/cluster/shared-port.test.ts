import { expect, test } from 'vitest';
import { SharedPort } from './shared-port.ts';

const host = '127.0.0.1';

test('a port that was asked for by number is the only one that will do', async () => {
  const shared = new SharedPort({ host, port: 4_000 });
  expect(await shared.after({ taken: 4_000, settled: false })).toBeNull();
});

test('a chosen port that somebody else takes first is replaced once for all workers', async () => {
  const shared = new SharedPort({ host, port: 0 });
  await shared.choose();
  const taken = shared.port;
  const [first, second] = await Promise.all([
    shared.after({ taken, settled: false }),
    shared.after({ taken, settled: false }),
  ]);
  expect(first).toBe(second);
  expect(first).toBe(shared.port);
  expect(await shared.after({ taken, settled: false })).toBe(first);
});

test('once a worker listens, the port stays', async () => {
  const shared = new SharedPort({ host, port: 0 });
  await shared.choose();
  expect(await shared.after({ taken: shared.port, settled: true })).toBeNull();
});
