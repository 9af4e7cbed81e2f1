import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readTreeCpuMs, readTreesCpuMs } from './process-cpu.ts';

const onLinux = test.runIf(process.platform === 'linux');
const procPath = mkdtempSync(join(tmpdir(), 'proc-fixture-'));
afterAll(() => rmSync(procPath, { recursive: true }));

/** Ticks in the order of proc_pid_stat(5): utime, stime, cutime, cstime. */
function writeStat(pid: number, parentPid: number, name: string, ticks: readonly number[]): void {
  mkdirSync(join(procPath, String(pid)), { recursive: true });
  const line = `${pid} (${name}) S ${parentPid} 1 1 0 -1 4194560 1 2 3 4 ${ticks.join(' ')} 20 0 1 0 99 1`;
  writeFileSync(join(procPath, String(pid), 'stat'), line);
}

onLinux('the tree’s own time and that of children waited for are added up', () => {
  writeStat(10, 1, 'postgres', [1, 2, 30, 40]);
  writeStat(11, 10, 'postgres', [5, 0, 0, 0]);
  writeStat(12, 11, 'postgres', [0, 7, 0, 0]);
  writeStat(20, 1, 'stranger', [1000, 1000, 1000, 1000]);
  mkdirSync(join(procPath, 'self'), { recursive: true });
  expect(readTreeCpuMs(10, procPath)).toBe((1 + 2 + 30 + 40 + 5 + 7) * 10);
});

onLinux('a process name with spaces and parentheses does not shift the fields', () => {
  writeStat(30, 1, 'a) S 1 (b', [3, 4, 0, 0]);
  expect(readTreeCpuMs(30, procPath)).toBe(70);
});

onLinux('a process that does not exist has no time, rather than none used', () => {
  expect(readTreeCpuMs(99, procPath)).toBeNull();
});

onLinux('several trees are told apart, in the order they were asked for', () => {
  writeStat(40, 1, 'node', [1, 0, 0, 0]);
  writeStat(41, 40, 'node', [2, 0, 0, 0]);
  writeStat(50, 1, 'postgres', [4, 0, 0, 0]);
  expect(readTreesCpuMs([50, 99, 40], procPath)).toEqual([40, null, 30]);
  expect(readTreesCpuMs([], procPath)).toEqual([]);
});

onLinux('this process’s reading grows by about what it burns', () => {
  const before = readTreeCpuMs(process.pid);
  const start = process.cpuUsage();
  let burntMs = 0;
  while (burntMs < 100) {
    const { user, system } = process.cpuUsage(start);
    burntMs = (user + system) / 1000;
  }
  const used = (readTreeCpuMs(process.pid) ?? 0) - (before ?? 0);
  expect(used).toBeGreaterThanOrEqual(80);
  expect(used).toBeLessThan(1_000);
});
