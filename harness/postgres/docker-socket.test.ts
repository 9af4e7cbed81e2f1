import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { locateDockerSocket } from './docker-socket.ts';

const nowhere = join(tmpdir(), 'no-such.sock');

test('DOCKER_HOST goes before the usual places, and asking tells whether anybody is there', () => {
  const env = { DOCKER_HOST: `unix://${nowhere}` };
  expect(locateDockerSocket(env, ['/dev/null'])).toBe(nowhere);
});

test('without it the first of the usual places that is there counts', () => {
  expect(locateDockerSocket({}, [nowhere, '/dev/null', '/dev/zero'])).toBe('/dev/null');
  expect(locateDockerSocket({ DOCKER_HOST: '' }, ['/dev/null'])).toBe('/dev/null');
});

test('no place at all is told with what to do', () => {
  expect(() => locateDockerSocket({}, [nowhere])).toThrow(
    expect.objectContaining({
      code: 'DOCKER_UNAVAILABLE',
      message: expect.stringContaining(`no socket at ${nowhere}`),
      hint: expect.stringContaining('install Docker'),
    }),
  );
});

test.each([
  ['tcp://127.0.0.1:2375', 'tcp://127.0.0.1:2375'],
  ['tcp://ann:secret@build.example:2376', 'tcp://build.example:2376'],
  ['ssh://ann@build.example', 'ssh://build.example'],
  ['http://[::1]:2375', 'http://[::1]:2375'],
  ['npipe:////./pipe/docker_engine', 'npipe:////./pipe/docker_engine'],
  ['unix://relative.sock', 'unix://relative.sock'],
  ['unix://', 'unix://'],
  ['/var/run/docker.sock', '/var/run/docker.sock'],
])('%s is no socket of this machine, and nobody in it is named', (host, told) => {
  expect(() => locateDockerSocket({ DOCKER_HOST: host }, ['/dev/null'])).toThrow(
    expect.objectContaining({
      code: 'DOCKER_UNAVAILABLE',
      message: expect.stringContaining(`(${told})`),
      hint: expect.stringContaining('--postgres url'),
    }),
  );
});
