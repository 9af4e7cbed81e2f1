import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { startStrayPgbouncer } from '../pgbouncer/test/stray-pgbouncer.ts';
import { identifyProcess, isRunning } from '../process-table.ts';
import { listLeftovers, removeLeftovers } from './cleanup.ts';
import { openLabDirectory } from './lab-directory.ts';
import { serverProcesses } from './postmaster-end.ts';
import { startEmbeddedProcess, stopEmbeddedProcess } from './test/embedded-process.ts';
import { withLabParent } from './test/lab-parent.ts';

const LAB = `pool-lab-${process.getuid?.() ?? 0}`;

test('where no lab ever ran nothing is listed, and nothing is made', async () => {
  await withLabParent(async (labParent) => {
    expect(await listLeftovers(labParent)).toEqual([]);
    expect(readdirSync(labParent)).toEqual([]);
  });
});

test('what a living lab uses is listed with its pid and is not removed', async () => {
  await withLabParent(async (labParent) => {
    const lab = await startEmbeddedProcess({ labParent });
    try {
      const found = await listLeftovers(labParent);
      expect(found.length).toBeGreaterThanOrEqual(3);
      for (const entry of found) {
        expect(entry).toMatchObject({ kind: 'in use', pid: lab.child.pid });
      }
      const run = found.find(({ path }) => path === dirname(lab.dataDirectory));
      expect(run?.bytes).toBeGreaterThan(30_000_000);
      // Not even when the list says otherwise, because it is old.
      const lies = found.map(
        ({ path, bytes }) => ({ kind: 'orphan', path, bytes, pid: null }) as const,
      );
      const removal = await removeLeftovers([...found, ...lies]);
      expect(removal).toMatchObject({ removed: [], bytesFreed: 0 });
      expect(existsSync(lab.dataDirectory)).toBe(true);
      expect((await listLeftovers(labParent)).map(({ path }) => path)).toEqual(
        found.map(({ path }) => path),
      );
    } finally {
      expect(await stopEmbeddedProcess(lab)).toBe(0);
    }
    const after = await listLeftovers(labParent);
    expect(new Set(after.map(({ kind }) => kind))).toEqual(new Set(['cache']));
    const { kept, bytesFreed } = await removeLeftovers(after);
    expect(kept).toEqual([]);
    expect(bytesFreed).toBeGreaterThan(40_000_000);
    expect(readdirSync(join(labParent, LAB, 'cache'))).toEqual([]);
  });
});

test('a server whose harness and watchdog were both killed is an orphan, ended and removed', async () => {
  await withLabParent(async (labParent) => {
    const lab = await startEmbeddedProcess({ labParent });
    process.kill(lab.watchdogPid, 'SIGKILL');
    lab.child.kill('SIGKILL');
    await once(lab.child, 'exit');
    expect(serverProcesses(lab.dataDirectory).length).toBeGreaterThan(0);

    const orphans = (await listLeftovers(labParent)).filter(({ kind }) => kind === 'orphan');
    expect(orphans).toMatchObject([{ path: dirname(lab.dataDirectory), pid: lab.postmasterPid }]);
    const { removed } = await removeLeftovers(orphans);
    expect(removed).toEqual(orphans);
    expect(serverProcesses(lab.dataDirectory)).toEqual([]);
    expect(existsSync(dirname(lab.dataDirectory))).toBe(false);
  });
});

test('a PgBouncer that nobody supervises is ended, and who only reads its file is not', async () => {
  await withLabParent(async (labParent) => {
    const { directory, child } = startStrayPgbouncer(openLabDirectory(labParent).runsPath);
    const reader = spawn('tail', ['-f', join(directory, 'pgbouncer.ini')], { stdio: 'ignore' });
    const reading = identifyProcess(reader.pid ?? 0);
    try {
      const ended = once(child, 'exit');
      const orphans = (await listLeftovers(labParent)).filter(({ kind }) => kind === 'orphan');
      expect(orphans).toMatchObject([{ path: directory, pid: child.pid }]);
      await removeLeftovers(orphans);
      expect(await ended).toEqual([null, 'SIGKILL']);
      expect(existsSync(directory)).toBe(false);
      expect(reading === null ? null : isRunning(reading)).toBe(true);
    } finally {
      reader.kill('SIGKILL');
    }
  });
});

test('a lock of a process that ended, and one of its pid’s next owner, hold nothing', async () => {
  await withLabParent(async (labParent) => {
    const runs = openLabDirectory(labParent).runsPath;
    for (const lock of [
      { pid: 2 ** 22 + 1, startToken: '1' },
      { pid: process.pid, startToken: 'of somebody earlier' },
    ]) {
      const run = mkdtempSync(join(runs, 'run-'));
      writeFileSync(join(run, 'lock.json'), JSON.stringify(lock));
    }
    mkdirSync(join(labParent, LAB, 'cache', '.unfinished-dead'));
    const orphans = (await listLeftovers(labParent)).filter(({ kind }) => kind === 'orphan');
    expect(orphans).toHaveLength(3);
    await removeLeftovers(orphans);
    expect(readdirSync(runs)).toEqual([]);
  });
});

test('a run directory that was made this moment is taken for a lab that starts', async () => {
  await withLabParent(async (labParent) => {
    mkdtempSync(join(openLabDirectory(labParent).runsPath, 'run-'));
    const found = await listLeftovers(labParent);
    expect(new Set(found.map(({ kind }) => kind))).toEqual(new Set(['in use']));
    expect((await removeLeftovers(found)).removed).toEqual([]);
  });
});
