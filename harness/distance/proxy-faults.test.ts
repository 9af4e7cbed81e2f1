import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { FaultReading } from '../analysis/trial-machine.ts';
import { monotonicClockUs } from '../load/monotonic-clock.ts';
import type { DatabaseFaultKind } from '../plan/database-fault.ts';
import type { DistanceProxy } from './distance-proxy.ts';
import { echo, withProxy } from './test/proxied-server.ts';

/** From now on, until `end` or for ever. */
function begin(proxy: DistanceProxy, kind: DatabaseFaultKind): void {
  const durationMs = kind === 'reset' ? 0 : 3_600_000;
  proxy.faults.begin([{ kind, atMs: 0, durationMs }], monotonicClockUs());
}

async function said(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [chunk] = await once(socket, 'data');
  return String(chunk);
}

const errorOf = (socket: Socket): Promise<string | undefined> =>
  new Promise((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
  });

/** Resolves when the proxy has taken up so many bytes. */
async function taken(
  proxy: DistanceProxy,
  countOf: (fault: FaultReading) => number,
  bytes: number,
): Promise<void> {
  while (proxy.faults.read().every((fault) => countOf(fault) < bytes)) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Anything that a socket tells, from now on. */
function heard(socket: Socket): readonly string[] {
  const seen: string[] = [];
  for (const event of ['data', 'end', 'error', 'close']) socket.on(event, () => seen.push(event));
  return seen;
}

test.each([{ rttMs: 0 }, { rttMs: 4 }])(
  'a reset breaks every connection at both ends, and no later one ($rttMs ms)',
  async ({ rttMs }) => {
    const atServer: Promise<string | undefined>[] = [];
    const onConnection = (socket: Socket): void => {
      atServer.push(errorOf(socket));
      echo(socket);
    };
    await withProxy({ rttMs, onConnection }, async ({ connect, proxy }) => {
      const clients = [connect(), connect()];
      for (const client of clients) expect(await said(client, 'here')).toBe('here');
      const atClients = clients.map(errorOf);
      begin(proxy, 'reset');
      expect(await Promise.all([...atClients, ...atServer])).toEqual(Array(4).fill('ECONNRESET'));
      expect(await said(connect(), 'again')).toBe('again');
      expect(proxy.faults.end()).toMatchObject([{ kind: 'reset', connections: 2 }]);
    });
  },
);

test('a connection whose server is not reached yet is reset as well', async () => {
  await withProxy({ rttMs: 400, onConnection: echo }, async ({ connect, proxy }) => {
    const client = connect();
    await once(client, 'connect');
    // The proxy has taken it up when it says so, which is after the client's kernel.
    while (proxy.read().connections === 0) await new Promise((resolve) => setImmediate(resolve));
    const broken = errorOf(client);
    begin(proxy, 'reset');
    expect(await broken).toBe('ECONNRESET');
  });
});

test('what is under way in a connection that is reset counts as lost', async () => {
  await withProxy({ rttMs: 200, onConnection: echo }, async ({ connect, proxy }) => {
    const client = connect();
    // Sent when the handshake is over and there half a round trip later, which is after the reset.
    client.write('abc');
    proxy.faults.begin([{ kind: 'reset', atMs: 100, durationMs: 0 }], monotonicClockUs());
    expect(await errorOf(client)).toBe('ECONNRESET');
    await taken(proxy, ({ bytesLost }) => bytesLost, 3);
    expect(proxy.faults.end()).toMatchObject([{ connections: 1, bytesLost: 3 }]);
  });
});

test('a refusal breaks new connections, and none that is made', async () => {
  let reached = 0;
  const onConnection = (socket: Socket): void => {
    reached += 1;
    echo(socket);
  };
  await withProxy({ rttMs: 0, onConnection }, async ({ connect, proxy }) => {
    const old = connect();
    expect(await said(old, 'here')).toBe('here');
    begin(proxy, 'refuse');
    expect(await errorOf(connect())).toBe('ECONNRESET');
    expect(await said(old, 'still here')).toBe('still here');
    expect(proxy.faults.end()).toMatchObject([{ connections: 1 }]);
    expect(await said(connect(), 'again')).toBe('again');
    expect(reached).toBe(2);
  });
});

test.each([{ rttMs: 0 }, { rttMs: 4 }])(
  'a stall holds everything back, and delivers all of it in order when it is over ($rttMs ms)',
  async ({ rttMs }) => {
    await withProxy({ rttMs, onConnection: echo }, async ({ connect, proxy }) => {
      const [client, other] = [connect(), connect()];
      expect(await said(client, 'a')).toBe('a');
      expect(await said(other, 'held: ')).toBe('held: ');
      begin(proxy, 'stall');
      const late = connect();
      const seen = [client, late].map(heard);
      let text = '';
      client.on('data', (chunk) => {
        text += chunk.toString();
      });
      for (const letter of 'bcdef') {
        client.write(letter);
        await new Promise((resolve) => setImmediate(resolve));
      }
      late.write('late');
      client.end();
      await taken(proxy, ({ bytesHeld }) => bytesHeld, 9);
      expect(seen).toEqual([[], []]);
      const ended = once(client, 'end');
      expect(proxy.faults.end()).toMatchObject([
        { connections: 3, bytesLost: 0, bytesHeld: expect.any(Number) },
      ]);
      await ended;
      expect(text).toBe('bcdef');
      expect(await said(late, '!')).toMatch(/^(late!?|!)$/);
    });
  },
);

test('what is sent into a black hole is lost for ever, and so is its end', async () => {
  const atServer: (readonly string[])[] = [];
  const onConnection = (socket: Socket): void => {
    echo(socket);
    atServer.push(heard(socket));
  };
  await withProxy({ rttMs: 0, onConnection }, async ({ connect, proxy }) => {
    const [idle, ending, breaking] = [connect(), connect(), connect()];
    for (const client of [idle, ending, breaking]) expect(await said(client, 'x')).toBe('x');
    const before = atServer.map((seen) => seen.length);
    begin(proxy, 'blackhole');
    const young = connect();
    young.write('nobody');
    const clients = [idle, ending, young].map(heard);
    ending.end('goodbye');
    breaking.resetAndDestroy();
    await taken(proxy, ({ bytesLost }) => bytesLost, 13);
    expect(proxy.faults.end()).toMatchObject([{ connections: 4, bytesLost: 13, bytesHeld: 0 }]);
    idle.write('too late');
    expect(await said(connect(), 'again')).toBe('again');
    expect(clients).toEqual([[], [], []]);
    expect(atServer.slice(0, 3).map((seen) => seen.length)).toEqual(before);
    expect(atServer).toHaveLength(4);
  });
});
