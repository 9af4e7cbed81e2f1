import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { identifyProcess } from '../../process-table.ts';
import { openStubProcess } from './stub-process-link.ts';

test('a stub in its own process serves, and tells what it did', async () => {
  await using stubs = await openStubProcess();
  const running = await stubs.serve({ serviceMs: 5, slots: 1, serverTiming: 'measured' });
  const answer = await (await fetch(running.origin)).text();
  const told = await fetch(running.origin);
  await told.text();
  const { truth, canary } = await running.stop();
  expect(answer).toBe('ok');
  expect(told.headers.get('server-timing')).toMatch(/^wait;dur=0\.000, connect;dur=0, db;dur=\d/);
  expect(truth).toMatchObject({ requests: 2, answered: 2, failed: 0, broken: 0 });
  for (const { arrivedMs, startedMs, endedMs } of truth.times) {
    expect(startedMs).toBe(arrivedMs);
    // Never early.
    expect(endedMs).toBeGreaterThanOrEqual(startedMs + 5);
  }
  expect(canary.maxMs).toBeGreaterThan(0);
});

test('requests beyond the slots wait in their order', async () => {
  await using stubs = await openStubProcess();
  const running = await stubs.serve({ serviceMs: 30, slots: 1 });
  await Promise.all([1, 2, 3].map(() => fetch(running.origin).then((answer) => answer.text())));
  const { times } = (await running.stop()).truth;
  expect(times.map(({ startedMs }) => startedMs - (times[0]?.startedMs ?? 0))).toEqual([0, 30, 60]);
});

test('a request that is never answered has no end', async () => {
  await using stubs = await openStubProcess();
  const running = await stubs.serve({ serviceMs: 1, hangAfterRequests: 0 });
  const { hostname, port } = new URL(running.origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  socket.end('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  const { truth } = await running.stop();
  expect(truth).toMatchObject({ requests: 1, answered: 0, serviceMs: [] });
  expect(truth.times).toMatchObject([{ endedMs: null }]);
});

test('the process is gone when it is closed', async () => {
  const stubs = await openStubProcess();
  expect(identifyProcess(stubs.pid)).not.toBeNull();
  await stubs.serve({ serviceMs: 1 });
  await stubs[Symbol.asyncDispose]();
  expect(identifyProcess(stubs.pid)).toBeNull();
});

test('a process that dies fails what is asked of it', async () => {
  await using stubs = await openStubProcess();
  const running = await stubs.serve({ serviceMs: 1 });
  process.kill(stubs.pid, 'SIGKILL');
  await expect(running.stop()).rejects.toMatchObject({
    code: 'LOAD_PROCESS_FAILED',
    message: expect.stringContaining('SIGKILL'),
  });
});
