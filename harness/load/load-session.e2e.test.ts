import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { identifyProcess } from '../process-table.ts';
import type { LoadRequest, OpenModel } from './load-engine.ts';
import { createLoadEngine } from './load-process-engine.ts';
import { type StubServer, startStubServer } from './stubs/stub-server.ts';

test('one process serves several runs and is gone after the session', async () => {
  const spawned: number[] = [];
  const released: number[] = [];
  const engine = createLoadEngine({
    onSpawn: (pid) => {
      spawned.push(pid);
      return () => released.push(pid);
    },
  });
  const stub = await stubServer();
  const session = await engine.open();
  const first = await session.run(requestFor(stub), hooks());
  const second = await session.run(requestFor(stub), hooks());
  expect(first.ledger.scheduled + second.ledger.scheduled).toBe(stub.truth().requests);
  expect(spawned).toEqual([session.pid]);
  expect(identifyProcess(session.pid)).not.toBeNull();
  expect(leadsItsGroup(session.pid)).toBe(true);
  expect(released).toEqual([]);
  await session.close();
  await session.close();
  expect(identifyProcess(session.pid)).toBeNull();
  expect(released).toEqual([session.pid]);
});

test('a run of the engine itself takes a process of its own and leaves none', async () => {
  const spawned: number[] = [];
  const engine = createLoadEngine({
    onSpawn: (pid) => {
      spawned.push(pid);
      return () => undefined;
    },
  });
  const stub = await stubServer();
  const result = await engine.run(requestFor(stub), hooks());
  expect(result.ledger.ok).toBe(stub.truth().answered);
  expect(spawned.map(identifyProcess)).toEqual([null]);
});

test('a process that is killed during a run fails the run, and the session can be closed', async () => {
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const stub = await stubServer();
  const pending = session.run({ ...requestFor(stub), durationMs: 30_000 }, hooks());
  const failure = expect(pending).rejects.toMatchObject({
    code: 'LOAD_PROCESS_FAILED',
    message: expect.stringContaining('SIGKILL'),
  });
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(0);
  process.kill(session.pid, 'SIGKILL');
  await failure;
  await expect(session.run(requestFor(stub), hooks())).rejects.toMatchObject({
    code: 'LOAD_PROCESS_FAILED',
  });
});

test('a session refuses a second run while one is under way', async () => {
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const stub = await stubServer();
  const first = session.run(requestFor(stub), hooks());
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(0);
  await expect(session.run(requestFor(stub), hooks())).rejects.toThrow('one thing at a time');
  expect((await first).ledger.ok).toBe(stub.truth().answered);
});

test('a process that cannot start fails with its last lines', async () => {
  const entry = await temporaryEntry('throw new Error("no such luck");');
  const engine = createLoadEngine({ entry, onSpawn: () => () => undefined });
  await expect(engine.open()).rejects.toMatchObject({
    code: 'LOAD_PROCESS_FAILED',
    exitCode: 3,
    message: expect.stringMatching(/exit status 1.*no such luck/s),
  });
});

test('a process under load ends by itself when its parent is killed', async () => {
  const stub = await stubServer();
  const parent = fork(
    await temporaryEntry(`
      import { createLoadEngine } from ${JSON.stringify(new URL('./load-process-engine.ts', import.meta.url).href)};
      const session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
      process.send(session.pid);
      const request = ${JSON.stringify({ ...requestFor(stub), durationMs: 30_000 })};
      await session.run(request, { signal: new AbortController().signal, onProgress: () => {} });
    `),
  );
  const [pid] = await once(parent, 'message');
  await expect.poll(() => stub.truth().answered, { timeout: 8_000 }).toBeGreaterThan(0);
  parent.kill('SIGKILL');
  await expect.poll(() => identifyProcess(pid), { timeout: 2_000 }).toBeNull();
});

test('one session takes both kinds of load, one after the other', async () => {
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const stub = await stubServer();
  const closed = await session.run(requestFor(stub), hooks());
  const open = await session.run({ ...requestFor(stub), model: openModel }, hooks());
  expect([closed.engine, open.engine]).toEqual(['closed', 'open']);
  expect([closed.engineVersion, open.engineVersion]).toEqual([
    expect.stringContaining('autocannon'),
    expect.stringContaining('undici'),
  ]);
  expect(open.offered).toMatchObject({ due: 20, issued: open.ledger.scheduled });
  expect(closed.ledger.ok + open.ledger.ok).toBe(stub.truth().answered);
});

test('connections beyond the file descriptors are refused before anything is sent', async () => {
  await using session = await createLoadEngine({ onSpawn: () => () => undefined }).open();
  const stub = await stubServer();
  const model = { kind: 'closed', connections: 100_000_000, thinkTimeMs: 0 } as const;
  const request = { ...requestFor(stub), model };
  if (process.platform === 'linux') {
    await expect(session.run(request, hooks())).rejects.toMatchObject({
      code: 'TOO_FEW_FILE_DESCRIPTORS',
    });
  }
  expect(stub.truth().connections).toBe(0);
});

const openModel: OpenModel = {
  kind: 'open',
  stages: [{ fromPerSecond: 100, toPerSecond: 100, durationMs: 200 }],
  arrivals: 'constant',
  maxInFlight: 4,
  atCap: 'queue',
  threads: 1,
};

async function stubServer(): Promise<StubServer> {
  const stub = await startStubServer({ serviceMs: 2 });
  onTestFinished(() => stub.close());
  return stub;
}

async function temporaryEntry(source: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pool-lab-load-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = join(directory, 'entry.mjs');
  await writeFile(file, source);
  return file;
}

function requestFor(stub: StubServer): LoadRequest {
  return {
    origin: stub.origin,
    path: '/',
    model: { kind: 'closed', connections: 4, thinkTimeMs: 0 },
    durationMs: 200,
    drainMs: 500,
    requestTimeoutMs: 2_000,
    retry: null,
    goodputDeadlineMs: 100,
    targetDownMs: 5_000,
    seed: 1,
  };
}

function hooks() {
  return { signal: new AbortController().signal, onProgress: () => undefined };
}

/** Signals of a terminal go to its group; this process leads one of its own. */
function leadsItsGroup(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}
