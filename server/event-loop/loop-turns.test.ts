import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { LoopTurns, NODE_LOOP } from './loop-turns.ts';
import { VirtualLoop } from './test/virtual-loop.ts';

/** Notes the span of an event at `atMs`, which then keeps the loop busy for `workMs`. */
function noting(loop: VirtualLoop) {
  const turns = new LoopTurns(loop);
  const spans: (readonly [number, number, number])[] = [];
  const at = (atMs: number, workMs = 0): void => {
    loop.event(atMs, () => {
      const nowMs = turns.takeUp();
      spans.push([turns.readyFromMs, turns.readyUntilMs, nowMs]);
      loop.work(workMs);
    });
  };
  return { spans, at };
}

test('an event that wakes the loop became ready just then', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  at(30);
  loop.run(100);
  expect(spans).toEqual([[30, 30, 30]]);
});

test('an event behind another one of its turn was ready when the loop looked', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  at(30, 5);
  at(30);
  loop.run(100);
  expect(spans[1]).toEqual([30, 30, 35]);
});

test('an event that a busy loop finds became ready since it last looked', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  at(30, 5);
  at(31);
  loop.run(100);
  expect(spans[1]).toEqual([30, 35, 35]);
});

test('a timer that keeps the loop from looking is seen though nobody told of it', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  loop.timer(40, () => loop.work(20));
  at(45);
  loop.run(100);
  expect(spans).toEqual([[40, 60, 60]]);
});

test('so is an event nobody told of, when the loop is looking for the next one', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  loop.event(40, () => loop.work(20));
  at(45);
  loop.run(100);
  expect(spans).toEqual([[40, 60, 60]]);
});

test('what kept the loop busy before it slept makes nothing late', () => {
  const loop = new VirtualLoop();
  const { spans, at } = noting(loop);
  loop.timer(40, () => loop.work(20));
  at(70);
  loop.run(100);
  expect(spans).toEqual([[70, 70, 70]]);
});

test('this process’s loop goes on sleeping while its turns are watched', async () => {
  let turns = 0;
  const stop = NODE_LOOP.eachTurn(() => {
    turns += 1;
  });
  await delay(200);
  const turnsAsleep = turns;
  stop();
  for (let turn = 0; turn < 10; turn++) await nextTurn();
  // A spinning loop makes tens of thousands.
  expect(turnsAsleep).toBeGreaterThan(0);
  expect(turnsAsleep).toBeLessThan(200);
  expect(turns).toBe(turnsAsleep);
});

test('bytes that come while this process is busy are known to have waited', async () => {
  const [here, there, close] = await connection();
  const turns = new LoopTurns(NODE_LOOP);
  try {
    await delay(20);
    const arrived = new Promise<{ fromMs: number; untilMs: number }>((resolve) => {
      here.once('data', () => {
        turns.takeUp();
        resolve({ fromMs: turns.readyFromMs, untilMs: turns.readyUntilMs });
      });
    });
    const sentMs = performance.now();
    there.write('x');
    while (performance.now() - sentMs < 30) {
      // Busy.
    }
    const { fromMs, untilMs } = await arrived;
    expect(fromMs).toBeLessThanOrEqual(sentMs);
    expect(untilMs - sentMs).toBeGreaterThanOrEqual(30);
  } finally {
    turns.stop();
    await close();
  }
});

/** Both ends of a connection of this process with itself. */
async function connection(): Promise<readonly [Socket, Socket, () => Promise<void>]> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP address');
  const there = connect(address.port, '127.0.0.1');
  const here = await new Promise<Socket>((resolve) => server.once('connection', resolve));
  return [
    here,
    there,
    async () => {
      there.destroy();
      here.destroy();
      server.close();
      await once(server, 'close');
    },
  ];
}
