import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startStrayPgbouncer } from '../pgbouncer/test/stray-pgbouncer.ts';
import { openLabDirectory } from '../postgres/lab-directory.ts';
import { serverProcesses } from '../postgres/postmaster-end.ts';
import { startEmbeddedProcess, stopEmbeddedProcess } from '../postgres/test/embedded-process.ts';
import { sharedLabParent } from '../postgres/test/lab-parent.ts';
import { identifyProcess, isRunning, type ProcessIdentity } from '../process-table.ts';
import { startWatchdog } from './watchdog.ts';

/** The promise to the user; the machine may be busy, but nobody waits for longer than this. */
const CLEAN_DEADLINE_MS = 2_000;

const shared = sharedLabParent();

async function until(condition: () => boolean, deadlineMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!condition()) {
    if (performance.now() - startedAt > deadlineMs) throw new Error(`not within ${deadlineMs} ms`);
    await delay(10);
  }
  return performance.now() - startedAt;
}

/** A process group with nothing to do: two processes, the second one a child of the first. */
function startIdleGroup() {
  return spawn('/bin/sh', ['-c', 'sleep 600 & wait'], { detached: true, stdio: 'ignore' });
}

function identify(pid: number | undefined): ProcessIdentity {
  const identity = identifyProcess(pid ?? 0);
  if (identity === null) throw new Error(`no process ${pid}`);
  return identity;
}

test('nothing is left 2 s after the harness was killed: server, sessions, workers, directories', async () => {
  const worker = startIdleGroup();
  const workerIdentity = identify(worker.pid);
  const lab = await startEmbeddedProcess({
    labParent: shared.path,
    guardedChildPid: workerIdentity.pid,
  });
  // A session in the middle of a long computation is the one that hesitates to end.
  const busy = new Client(lab.superuser);
  busy.on('error', () => {
    // It is going to be cut off.
  });
  await busy.connect();
  const computing = busy
    .query('SELECT count(*) FROM generate_series(1, 1e12::bigint)')
    .catch(() => 'cut off');
  await until(
    () => serverProcesses(lab.dataDirectory).some(({ command }) => command.endsWith('SELECT')),
    5_000,
  );
  const watchdog = identify(lab.watchdogPid);

  lab.child.kill('SIGKILL');
  await once(lab.child, 'exit');
  await until(
    () =>
      serverProcesses(lab.dataDirectory).length === 0 &&
      !existsSync(dirname(lab.dataDirectory)) &&
      !isRunning(workerIdentity) &&
      !isRunning(watchdog),
    CLEAN_DEADLINE_MS,
  );
  expect(await computing).toBe('cut off');
  await busy.end();
});

test('a polite end of the whole group leaves the cleaning up to the watchdog', async () => {
  const lab = await startEmbeddedProcess({ labParent: shared.path });
  const watchdog = identify(lab.watchdogPid);
  process.kill(watchdog.pid, 'SIGTERM');
  process.kill(watchdog.pid, 'SIGINT');
  lab.child.kill('SIGTERM');
  await until(
    () => !existsSync(dirname(lab.dataDirectory)) && !isRunning(watchdog),
    CLEAN_DEADLINE_MS,
  );
  expect(serverProcesses(lab.dataDirectory)).toEqual([]);
});

test('after a normal end the watchdog is gone too, and the run directory is empty', async () => {
  const lab = await startEmbeddedProcess({ labParent: shared.path });
  const watchdog = identify(lab.watchdogPid);
  expect(await stopEmbeddedProcess(lab)).toBe(0);
  await until(() => !isRunning(watchdog), CLEAN_DEADLINE_MS);
  expect(readdirSync(dirname(dirname(lab.dataDirectory)))).toEqual([]);
});

test('what was released is left alone, what was not is ended', async () => {
  const [kept, ended] = [startIdleGroup(), startIdleGroup()];
  const [keptIdentity, endedIdentity] = [identify(kept.pid), identify(ended.pid)];
  try {
    const watchdog = startWatchdog();
    const release = watchdog.guard({ kind: 'process-group', pid: keptIdentity.pid });
    watchdog.guard({ kind: 'process-group', pid: endedIdentity.pid });
    release();
    await watchdog.close();
    await until(() => !isRunning(endedIdentity), CLEAN_DEADLINE_MS);
    expect(isRunning(keptIdentity)).toBe(true);
  } finally {
    const gone = [kept, ended].map(
      (child) => child.exitCode ?? child.signalCode ?? once(child, 'exit'),
    );
    process.kill(-keptIdentity.pid, 'SIGKILL');
    await Promise.all(gone);
  }
});

test('what was started in a directory in the last moment, before it was guarded, is ended with it', async () => {
  const { directory, child } = startStrayPgbouncer(openLabDirectory(shared.path).runsPath);
  const stray = identify(child.pid);
  const watchdog = startWatchdog();
  watchdog.guard({ kind: 'directory', path: directory });
  const ended = once(child, 'exit');
  await watchdog.close();
  await ended;
  expect(isRunning(stray)).toBe(false);
  expect(existsSync(directory)).toBe(false);
});

test('a process that ended before it was guarded is not waited for', async () => {
  const child = startIdleGroup();
  const { pid } = identify(child.pid);
  process.kill(-pid, 'SIGKILL');
  await once(child, 'exit');
  const watchdog = startWatchdog();
  expect(() => watchdog.guard({ kind: 'process-group', pid })()).not.toThrow();
  await watchdog.close();
});

test('that the watchdog itself was killed is told', async () => {
  const watchdog = startWatchdog();
  process.kill(identify(watchdog.pid ?? undefined).pid, 'SIGKILL');
  await watchdog.died;
  await watchdog.close();
});
