import { chmodSync } from 'node:fs';
import { delimiter, relative } from 'node:path';
import { expect, test } from 'vitest';
import { LabError } from '../lab-error.ts';
import { locatePrometheus, requirePrometheus } from './prometheus-program.ts';
import { fakePrometheus } from './test/fake-prometheus.ts';

const TELLS_VERSION = 'echo "prometheus, version 3.5.0 (branch: HEAD, revision: 1)"';

test('the first one on PATH is taken, with its version', async () => {
  using first = fakePrometheus(TELLS_VERSION);
  using second = fakePrometheus('echo "prometheus, version 2.42.0+ds (branch: debian/sid)" >&2');
  const search = (...path: readonly string[]) => locatePrometheus({ PATH: path.join(delimiter) });

  expect(await search('/nonexistent', first.directory, second.directory)).toEqual({
    state: 'found',
    program: { path: first.path, version: '3.5.0' },
  });
  expect(await search(second.directory, first.directory)).toEqual({
    state: 'found',
    program: { path: second.path, version: '2.42.0+ds' },
  });
});

test('what cannot be run, and what is found from the current directory, is passed over', async () => {
  using program = fakePrometheus(TELLS_VERSION);
  const missing = { state: 'missing', reason: 'no `prometheus` on PATH' };
  const fromHere = relative(process.cwd(), program.directory);
  expect(await locatePrometheus({ PATH: fromHere })).toEqual(missing);
  chmodSync(program.path, 0o644);
  expect(await locatePrometheus({ PATH: program.directory })).toEqual(missing);
  expect(await locatePrometheus({})).toEqual(missing);
});

test('another program of that name is told from one that fails', async () => {
  using other = fakePrometheus('echo "a game about fire"');
  using broken = fakePrometheus('exit 127');
  expect(await locatePrometheus({ PATH: other.directory })).toEqual({
    state: 'missing',
    reason: `${other.path} is no Prometheus: it does not tell its version`,
  });
  expect(await locatePrometheus({ PATH: broken.directory })).toMatchObject({
    state: 'missing',
    reason: expect.stringContaining(`${broken.path} does not run`),
  });
});

test('without one, the error says how to come by one', async () => {
  const error = await requirePrometheus({ PATH: '/nonexistent' }).catch((it: unknown) => it);
  if (!(error instanceof LabError)) throw error;
  expect(error).toMatchObject({ code: 'PROMETHEUS_MISSING', exitCode: 3 });
  for (const way of [
    'apt-get install prometheus',
    'brew install prometheus',
    'docker compose up',
  ]) {
    expect(error.hint).toContain(way);
  }
});
