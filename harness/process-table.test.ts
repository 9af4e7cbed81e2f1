import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, isRunning, listProcesses, signalProcess } from './process-table.ts';

test('this process is found, with its parent and command', () => {
  const self = identifyProcess(process.pid);
  expect(self).not.toBeNull();
  expect(listProcesses().find(({ pid }) => pid === process.pid)).toMatchObject({
    parentPid: process.ppid,
    startToken: self?.startToken,
    command: expect.stringMatching(/node|vitest/),
  });
});

test('a process that has ended is not running, and is not signalled', async () => {
  const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === null) throw new Error('the child is not in the process table');
  expect(isRunning(identity)).toBe(true);
  expect(signalProcess(identity, 'SIGKILL')).toBe(true);
  await once(child, 'exit');
  expect(isRunning(identity)).toBe(false);
  expect(signalProcess(identity, 'SIGKILL')).toBe(false);
});

test('another process with the same pid is not taken for it', () => {
  const self = identifyProcess(process.pid);
  if (self === null) throw new Error('this process is not in the process table');
  const earlier = { pid: process.pid, startToken: `${self.startToken}0` };
  expect(isRunning(earlier)).toBe(false);
  expect(signalProcess(earlier, 'SIGKILL')).toBe(false);
});
