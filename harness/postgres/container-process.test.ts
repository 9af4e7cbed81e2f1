import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { visibleProcess } from './container-process.ts';

const ID = '0ca8bf06d127c3aa142e15d8931cd25a';

test.each([
  ['version 2', `0::/system.slice/docker-${ID}.scope\n`, 41],
  ['version 1', `9:name=systemd:/docker/${ID}\n8:pids:/docker/${ID}\n`, 41],
  ["somebody else's process of that number", '0::/user.slice/user-1000.slice\n', null],
])('a process is the container’s by its control group: %s', (_what, groups, expected) => {
  const procPath = mkdtempSync(join(tmpdir(), 'pool-lab-proc-'));
  try {
    mkdirSync(join(procPath, '41'));
    writeFileSync(join(procPath, '41', 'cgroup'), groups);
    expect(visibleProcess(41, ID, procPath)).toBe(expected);
    expect(visibleProcess(42, ID, procPath)).toBeNull();
    expect(visibleProcess(null, ID, procPath)).toBeNull();
  } finally {
    rmSync(procPath, { recursive: true });
  }
});
