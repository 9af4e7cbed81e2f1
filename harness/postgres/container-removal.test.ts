import { expect, test } from 'vitest';
import { removeContainers } from './container-removal.ts';
import { fakeDocker } from './test/fake-docker.ts';

/** An engine with these containers; `appearing` is made while the others are removed. */
function engineWith(ids: readonly string[], appearing: readonly string[] = []) {
  const there = new Set(ids);
  const late = [...appearing];
  return fakeDocker((request) => {
    const id = /^DELETE \/containers\/(\w+)\?force=true&v=true$/.exec(request)?.[1];
    if (id === undefined) return { status: 200, body: [...there].map((Id) => ({ Id })) };
    const known = there.delete(id);
    for (const next of late.splice(0)) there.add(next);
    return { status: known ? 204 : 404, body: null };
  });
}

test('what carries the label goes with its volumes, running or not, and nothing else is asked for', async () => {
  await using engine = await engineWith(['c1', 'c2']);
  await removeContainers({ socketPath: engine.socketPath, lab: 'one' });
  expect(engine.asked).toEqual([
    'GET /containers/json?all=true&filters={"label":["pool-lab.lab=one"]}',
    'DELETE /containers/c1?force=true&v=true',
    'DELETE /containers/c2?force=true&v=true',
    'GET /containers/json?all=true&filters={"label":["pool-lab.lab=one"]}',
  ]);
});

test('one that is only being made while it looks is found, too', async () => {
  await using engine = await engineWith(['c1'], ['c2']);
  await removeContainers({ socketPath: engine.socketPath, lab: 'one' });
  expect(engine.asked).toContain('DELETE /containers/c2?force=true&v=true');
});

test('with nothing there it goes on looking for as long as it is told to', async () => {
  await using engine = await engineWith([]);
  const startedMs = performance.now();
  await removeContainers({ socketPath: engine.socketPath, lab: 'one' }, 150);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(150);
  expect(engine.asked.length).toBeGreaterThan(1);
});

test('somebody else who removes it already is no failure', async () => {
  let looks = 0;
  await using engine = await fakeDocker((request) => {
    if (request.startsWith('DELETE')) return { status: 409, body: { message: 'in progress' } };
    looks += 1;
    return { status: 200, body: looks < 3 ? [{ Id: 'c1' }] : [] };
  });
  await removeContainers({ socketPath: engine.socketPath, lab: 'one' });
});

test.each([
  ['DELETE', 500, { message: 'device busy' }],
  ['GET', 500, { message: 'device busy' }],
])('an engine that refuses %s is quoted', async (method, status, body) => {
  await using engine = await fakeDocker((request) =>
    request.startsWith(method) ? { status, body } : { status: 200, body: [{ Id: 'c1' }] },
  );
  await expect(removeContainers({ socketPath: engine.socketPath, lab: 'one' })).rejects.toThrow(
    'Docker answers 500: {"message":"device busy"}',
  );
});
