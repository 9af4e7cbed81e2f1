import { expect, test } from 'vitest';
import { askDocker, dockerVersion, explainNoAnswer } from './docker-api.ts';
import { fakeDocker } from './test/fake-docker.ts';

test('an engine tells its version', async () => {
  await using engine = await fakeDocker(() => ({
    status: 200,
    body: { Version: '28.2.2', ApiVersion: '1.50', Os: 'linux' },
  }));
  expect(await dockerVersion(engine.socketPath)).toBe('28.2.2');
});

test('something else behind the socket is not taken for one', async () => {
  await using server = await fakeDocker(() => ({ status: 404, body: { hello: 'world' } }));
  await expect(dockerVersion(server.socketPath)).rejects.toMatchObject({
    code: 'DOCKER_UNAVAILABLE',
    message: expect.stringContaining('is no Docker engine: it answers 404'),
  });
});

test('where nobody listens, the socket is named', async () => {
  await expect(dockerVersion('/nonexistent/docker.sock')).rejects.toMatchObject({
    code: 'DOCKER_UNAVAILABLE',
    message: 'Docker is not running: nobody answers at /nonexistent/docker.sock (ENOENT)',
    hint: expect.stringContaining('start it'),
  });
});

test('an account without the right to use it is told of the group', () => {
  const denied = Object.assign(new Error('connect EACCES /run/docker.sock'), { code: 'EACCES' });
  expect(explainNoAnswer('/run/docker.sock', denied)).toMatchObject({
    code: 'DOCKER_UNAVAILABLE',
    message: 'this account may not use Docker: no permission on /run/docker.sock',
    hint: expect.stringContaining('group docker'),
  });
});

test('an engine that never answers is not waited for', async () => {
  await using engine = await fakeDocker(() => 'silence');
  const asking = askDocker(engine.socketPath, { method: 'GET', path: '/version' }, 50);
  const error = await asking.catch((reason: unknown) => reason);
  expect(explainNoAnswer('/run/docker.sock', error).message).toMatch(/^Docker does not answer/);
});
