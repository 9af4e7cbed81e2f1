import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, expect, test } from 'vitest';
import { hostSchema } from '../analysis/trial-machine.ts';
import { hostBetween, readHostHealth } from './host-health.ts';

const made: string[] = [];
afterAll(() => {
  for (const path of made) rmSync(path, { recursive: true });
});

/** A machine as files; absolute paths of its mounts start with `root`. */
function machine(files: (root: string) => Readonly<Record<string, string>>) {
  const root = mkdtempSync(join(tmpdir(), 'host fixture-'));
  made.push(root);
  const write = (path: string, text: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files(root))) write(path, text);
  return { procPath: join(root, 'proc'), write };
}

/** As the kernel writes paths with blanks. */
const escaped = (path: string): string => path.replaceAll(' ', '\\040');

const VERSION_2 = (root: string) => ({
  'proc/self/cgroup': '0::/pod/lab\n',
  'proc/self/mountinfo': `30 23 0:26 / ${escaped(root)}/cg rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n`,
  'cg/pod/lab/cpu.stat': 'usage_usec 5\nnr_periods 9\nnr_throttled 2\nthrottled_usec 4000\n',
  'cg/pod/cpu.stat': 'usage_usec 5\nnr_periods 9\nnr_throttled 1\nthrottled_usec 1000\n',
  'cg/cpu.stat': 'usage_usec 5\n',
});

test('throttling in version 2 is that of the most throttled group above the process', () => {
  const { procPath, write } = machine(VERSION_2);
  const before = readHostHealth(procPath);
  expect(before.throttling).toEqual([
    { periods: 2, stoppedMs: 4 },
    { periods: 1, stoppedMs: 1 },
  ]);
  write('cg/pod/lab/cpu.stat', 'nr_throttled 3\nthrottled_usec 4500\n');
  write('cg/pod/cpu.stat', 'nr_throttled 11\nthrottled_usec 81000\n');
  expect(hostBetween(before, readHostHealth(procPath), 1_000)).toMatchObject({
    throttledPeriods: 10,
    throttledMs: 80,
  });
});

test('version 1 counts nanoseconds, and a container sees its own group at the mount point', () => {
  const { procPath, write } = machine((root) => ({
    'proc/self/cgroup': '5:memory:/docker/ab\n4:cpu,cpuacct:/docker/ab/lab\n0::/elsewhere\n',
    'proc/self/mountinfo':
      `31 23 0:28 / ${escaped(root)}/memory rw - cgroup cgroup rw,memory\n` +
      `32 23 0:29 /docker/ab ${escaped(root)}/cpu rw - cgroup cgroup rw,cpu,cpuacct\n` +
      `33 23 0:30 / ${escaped(root)}/unified rw - cgroup2 cgroup2 rw\n`,
    'cpu/lab/cpu.stat': 'nr_periods 0\nnr_throttled 0\nthrottled_time 0\n',
    'unified/cpu.stat': 'usage_usec 1\n',
  }));
  const before = readHostHealth(procPath);
  write('cpu/lab/cpu.stat', 'nr_periods 40\nnr_throttled 4\nthrottled_time 250000000\n');
  expect(hostBetween(before, readHostHealth(procPath), 1_000)).toMatchObject({
    throttledPeriods: 4,
    throttledMs: 250,
  });
});

test('a process that changed its group in between has no throttling of the window', () => {
  const { procPath, write } = machine(VERSION_2);
  const before = readHostHealth(procPath);
  write('proc/self/cgroup', '0::/pod\n');
  expect(hostBetween(before, readHostHealth(procPath), 1_000)).toMatchObject({
    throttledPeriods: null,
    throttledMs: null,
  });
});

test('pressure is a share of the window, steal one of all CPU time, guests not counted twice', () => {
  const stat = (user: number, idle: number, steal: number): string =>
    `cpu  ${user} 0 0 ${idle} 0 0 0 ${steal} ${user} 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n`;
  const pressure = (totalUs: number): string =>
    `some avg10=1.00 avg60=0.50 avg300=0.10 total=${totalUs}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=9\n`;
  const { procPath, write } = machine(() => ({
    'proc/stat': stat(1_000, 1_000, 50),
    'proc/pressure/cpu': pressure(7_000_000),
  }));
  const before = readHostHealth(procPath);
  write('proc/stat', stat(1_150, 1_040, 60));
  write('proc/pressure/cpu', pressure(7_250_000));
  expect(hostBetween(before, readHostHealth(procPath), 1_000)).toMatchObject({
    cpuPressureShare: 0.25,
    cpuStealShare: 0.05,
  });
  // The two clocks are not read at one instant.
  expect(hostBetween(before, readHostHealth(procPath), 200).cpuPressureShare).toBe(1);
});

test('what a system does not tell is absent, never zero', () => {
  const { procPath } = machine(() => ({ 'readme.txt': 'no /proc here' }));
  const nothing = readHostHealth(procPath);
  expect(nothing).toEqual({ cpuPressureMs: null, throttling: [], cpuTicks: null });
  expect(hostBetween(nothing, nothing, 1_000)).toEqual({
    cpuPressureShare: null,
    throttledPeriods: null,
    throttledMs: null,
    cpuStealShare: null,
  });
});

test('this machine’s own window is a result as it is stored', () => {
  const startedAt = performance.now();
  const before = readHostHealth();
  while (performance.now() - startedAt < 30) {
    // Busy, so that ticks go by.
  }
  const host = hostBetween(before, readHostHealth(), performance.now() - startedAt);
  expect(hostSchema.parse(host)).toEqual(host);
});
