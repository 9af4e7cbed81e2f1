import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openPgbouncerConsole, type PgbouncerConsole } from './pgbouncer-console.ts';

const open: { readonly console: PgbouncerConsole; readonly server: Server }[] = [];

afterEach(async () => {
  for (const { console, server } of open.splice(0)) {
    await console.close();
    server.close();
    await once(server, 'close');
  }
});

/** A console at whatever `answer` pretends to be. */
async function consoleAt(answer: string | 'silence', deadlineMs = 2_000) {
  const seen = { connections: 0, warnings: [] as string[], nowMs: 0 };
  const server = createServer((socket) => {
    seen.connections += 1;
    socket.on('error', () => socket.destroy());
    socket.once('data', () => {
      if (answer !== 'silence') socket.end(answer);
    });
  });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const console = openPgbouncerConsole({
    address: { host: '127.0.0.1', port: address.port, user: 'stats', password: 'a-secret' },
    database: 'shop',
    warn: (sentence) => seen.warnings.push(sentence),
    nowMs: () => seen.nowMs,
    deadlineMs,
  });
  open.push({ console, server });
  return { console, seen };
}

test.each([
  ['hangs up', ''],
  ['speaks HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  // At this one the parser of pg throws out of the socket's event.
  ['asks for a password in a way that is none', 'R\u{0}\u{0}\u{0}\u{8}\u{0}\u{0}\u{0}\u{63}'],
  // ErrorResponse: severity, SQLSTATE, message.
  ['refuses', 'E\u{0}\u{0}\u{0}\u{1c}SFATAL\u{0}C08P01\u{0}Mnot you\u{0}\u{0}'],
])('something that %s is no numbers and one sentence, never an exception', async (_, answer) => {
  const { console, seen } = await consoleAt(answer);
  for (const nowMs of [0, 1_000, 2_000]) {
    seen.nowMs = nowMs;
    expect(await console.read()).toBeNull();
  }
  expect(seen.connections).toBe(3);
  expect(seen.warnings).toEqual([expect.stringContaining('"stats"')]);
  expect(seen.warnings.join()).not.toContain('a-secret');
});

test('a console that is gone is asked for once a second at most', async () => {
  const { console, seen } = await consoleAt('');
  for (const nowMs of [0, 1, 500, 999, 1_000, 1_999, 2_000]) {
    seen.nowMs = nowMs;
    await console.read();
  }
  expect(seen.connections).toBe(3);
});

test('silence ends at the deadline', async () => {
  const { console, seen } = await consoleAt('silence', 50);
  expect(await console.read()).toBeNull();
  expect(seen.warnings).toHaveLength(1);
});

test('closing does not wait for an answer that is not coming', async () => {
  const { console, seen } = await consoleAt('silence', 60_000);
  const question = console.read();
  await expect.poll(() => seen.connections).toBe(1);
  await console.close();
  expect(await question).toBeNull();
  // Whoever closes has no use for the reason.
  expect(seen.warnings).toEqual([]);
});
