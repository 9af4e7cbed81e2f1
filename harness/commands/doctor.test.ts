import { expect, test } from 'vitest';
import { recordingIo } from '../test/recording-io.ts';
import { doctorCommand } from './doctor.ts';

async function doctor(flags: Record<string, string | boolean>) {
  const io = recordingIo();
  const exitCode = await doctorCommand.run(flags, io, []);
  return { exitCode, stdout: io.stdoutText() };
}

test('a place that cannot be used is ✗ with its remedy, exit 3', async () => {
  const { exitCode, stdout } = await doctor({ directory: '/proc/no-such-place' });
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^NOT READY: \d of \d+ preconditions not met\n/);
  expect(stdout).toMatch(/✗ lab directory .*\/proc\/no-such-place[\s\S]*?\n {2}→ /);
  expect(stdout).toMatch(/✓ Node\.js/);
});

test('JSON has every precondition', async () => {
  const { exitCode, stdout } = await doctor({ directory: '/proc/no-such-place', json: true });
  expect(exitCode).toBe(3);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({
    ok: false,
    preconditions: expect.arrayContaining([
      expect.objectContaining({
        name: 'lab directory',
        ok: false,
        remedy: expect.stringMatching(/./),
      }),
    ]),
  });
});
