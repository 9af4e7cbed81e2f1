import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { realTimeline } from '../load/open/real-timeline.ts';
import { NO_DISTANCE } from '../plan/distance.ts';
import { startDistanceProxy } from './distance-proxy.ts';
import { WINDOW_BYTES } from './lane.ts';
import { echo, listening, withProxy } from './test/proxied-server.ts';

async function textUntilEnd(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString();
  });
  await once(socket, 'end');
  return text;
}

test('the first answer takes two round trips, each further one, and no less', async () => {
  await withProxy({ rttMs: 20, onConnection: echo }, async ({ connect: open }) => {
    const client = open();
    const tripsMs: number[] = [];
    for (let trip = 0; trip < 3; trip += 1) {
      const startedMs = performance.now();
      client.write('x');
      await once(client, 'data');
      tripsMs.push(performance.now() - startedMs);
    }
    const [first, ...further] = tripsMs;
    expect(first).toBeGreaterThanOrEqual(39.5);
    for (const ms of further) expect(ms).toBeGreaterThanOrEqual(19.5);
  });
});

test('the target is connected to when the last packet of the handshake would be there', async () => {
  const arrival = Promise.withResolvers<number>();
  await withProxy(
    { rttMs: 20, onConnection: () => arrival.resolve(performance.now()) },
    async ({ connect: open }) => {
      const startedMs = performance.now();
      open();
      expect((await arrival.promise) - startedMs).toBeGreaterThanOrEqual(29.5);
    },
  );
});

test('one side may stop sending and still be answered', async () => {
  await withProxy(
    {
      rttMs: 4,
      onConnection: (socket) => {
        void textUntilEnd(socket).then((text) => socket.end(`${text} and goodbye`));
      },
    },
    async ({ connect: open }) => {
      const client = open();
      client.end('hello');
      expect(await textUntilEnd(client)).toBe('hello and goodbye');
    },
  );
});

test('an end of the server’s is passed on after what it has said', async () => {
  await withProxy(
    { rttMs: 4, jitterMs: 4, onConnection: (socket) => socket.end('no slot left') },
    async ({ connect: open }) => expect(await textUntilEnd(open())).toBe('no slot left'),
  );
});

test('a reset is a reset at the other side, in both directions', async () => {
  const reset = (socket: Socket) =>
    new Promise<string | undefined>((resolve) => {
      socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    });
  const atServer = Promise.withResolvers<string | undefined>();
  await withProxy(
    {
      rttMs: 4,
      onConnection: (socket) => {
        void reset(socket).then(atServer.resolve);
        socket.on('data', (chunk) => {
          if (chunk.toString() === 'reset me') socket.resetAndDestroy();
          else socket.write('here');
        });
      },
    },
    async ({ connect: open }) => {
      const client = open();
      client.write('hello');
      await once(client, 'data');
      client.resetAndDestroy();
      expect(await atServer.promise).toBe('ECONNRESET');

      const other = open();
      const atClient = reset(other);
      other.write('reset me');
      expect(await atClient).toBe('ECONNRESET');
    },
  );
});

test('where nobody listens the connection is reset', async () => {
  const nobody = createServer();
  const port = await listening(nobody);
  await new Promise((resolve) => nobody.close(resolve));
  const proxy = await startDistanceProxy(
    { target: { host: '127.0.0.1', port }, distance: { ...NO_DISTANCE, rttMs: 4 }, seed: 1 },
    realTimeline,
  );
  const client = connect({ host: '127.0.0.1', port: proxy.port });
  const [error] = await once(client, 'error').catch((it: unknown) => [it]);
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  await proxy.close();
});

test('200 connections at once each get their own bytes, in order', async () => {
  await withProxy({ rttMs: 10, jitterMs: 10, onConnection: echo }, async ({ connect: open }) => {
    const lines = Array.from({ length: 50 }, (_, index) => `${index}\n`);
    const texts = await Promise.all(
      Array.from({ length: 200 }, async (_, number) => {
        const client = open();
        const text = textUntilEnd(client);
        for (const line of lines) {
          client.write(`${number} ${line}`);
          // A turn of the loop apart, so that they are not one write.
          await new Promise((resolve) => setImmediate(resolve));
        }
        client.end();
        return await text;
      }),
    );
    for (const [number, text] of texts.entries()) {
      expect(text).toBe(lines.map((line) => `${number} ${line}`).join(''));
    }
  });
});

test('a reader that stops stops the sender, and gets everything when it goes on', async () => {
  const CHUNK = Buffer.alloc(64 * 1024, 'x');
  const CHUNKS = 1_024;
  let sent = 0;
  const sender = Promise.withResolvers<Socket>();
  await withProxy(
    {
      rttMs: 4,
      onConnection: (socket) => {
        const fill = (): void => {
          while (sent < CHUNKS) {
            sent += 1;
            if (!socket.write(CHUNK)) return;
          }
          socket.end();
        };
        socket.on('drain', fill);
        fill();
        sender.resolve(socket);
      },
    },
    async ({ connect: open }) => {
      const client = open();
      client.pause();
      await sender.promise;
      await standingStill(() => sent);
      // What is under way or unread in the proxy, and in the buffers of four sockets: not 64 MiB.
      expect(sent * CHUNK.length).toBeLessThan(24 * WINDOW_BYTES);
      let received = 0;
      client.on('data', (chunk) => {
        received += chunk.length;
      });
      client.resume();
      await once(client, 'end');
      expect(received).toBe(CHUNKS * CHUNK.length);
    },
  );
});

/** Resolves when a count has been the same in ten looks, 20 ms apart. */
async function standingStill(count: () => number): Promise<void> {
  for (let [last, same] = [-1, 0]; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    same = count() === last ? same + 1 : 0;
    last = count();
  }
}

test('a reading tells what was delivered since the last one', async () => {
  await withProxy({ rttMs: 2, onConnection: echo }, async ({ connect: open, proxy }) => {
    expect(proxy.read()).toMatchObject({ connections: 0, deliveries: 0, lateMsP99: null });
    const client = open();
    client.write('x');
    await once(client, 'data');
    // The opening, a byte there, a byte back.
    expect(proxy.read()).toMatchObject({
      connections: 1,
      deliveries: 3,
      lateMsP50: expect.any(Number),
    });
    expect(proxy.read()).toMatchObject({ connections: 0, deliveries: 0 });
  });
});
