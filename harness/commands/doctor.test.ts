import { expect, test } from 'vitest';
import { fakeDocker } from '../postgres/test/fake-docker.ts';
import { fakePrometheus } from '../prometheus/test/fake-prometheus.ts';
import { recordingIo } from '../test/recording-io.ts';
import { doctorCommand } from './doctor.ts';

async function doctor(flags: Record<string, string | boolean>, env: Record<string, string> = {}) {
  const io = recordingIo({ env });
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

test('a Prometheus is told of where there is one, and is no precondition', async () => {
  using program = fakePrometheus('echo "prometheus, version 3.5.0"');
  const place = { directory: '/proc/no-such-place' };
  const without = await doctor(place, { PATH: '/nonexistent' });
  const beside = await doctor(place, { PATH: program.directory });
  const firstLine = ({ stdout }: { readonly stdout: string }) => stdout.split('\n')[0];

  expect(beside.stdout.replace(/\s+/g, ' ')).toContain(
    `✓ Prometheus version 3.5.0 at ${program.path}, for \`pool-lab up --prometheus\``,
  );
  expect(without.stdout).toMatch(/^– Prometheus .*up --prometheus[\s\S]* {2}→ Install it/m);
  expect(firstLine(without)).toBe(firstLine(beside));
});

test('a Docker is told of where there is one, and is no precondition', async () => {
  await using engine = await fakeDocker(() => ({ status: 200, body: { Version: '28.2.2' } }));
  const place = { directory: '/proc/no-such-place' };
  const beside = await doctor(place, { DOCKER_HOST: `unix://${engine.socketPath}` });
  const without = await doctor(place, { DOCKER_HOST: 'unix:///nonexistent/docker.sock' });

  expect(beside.stdout.replace(/\s+/g, ' ')).toContain(
    `✓ Docker version 28.2.2 at ${engine.socketPath}, for \`--postgres docker\``,
  );
  expect(without.stdout).toMatch(/^– Docker .*only for `--postgres docker`[\s\S]* {2}→ start it/m);
  expect(without.exitCode).toBe(beside.exitCode);
});

test('a PgBouncer is told of where there is one, and is no precondition', async () => {
  const { exitCode, stdout } = await doctor({ directory: '/proc/no-such-place' });
  expect(exitCode).toBe(3);
  expect(stdout).toMatch(/^[✓–] PgBouncer [\s\S]*for `--pooler\s+pgbouncer`/m);
});
