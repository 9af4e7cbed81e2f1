import { expect, test } from 'vitest';
import { ConnectionRotation } from './connection-rotation.ts';

interface Connection {
  readonly name: number;
  /** Behind it all the time; `worker` is what the rotation may know of that. */
  readonly dealtTo: string;
  worker: string | null;
}

test('connections of one worker take turns, the one that was idle longest first', () => {
  const { rotation, use } = rotationOf(['a', 'a', 'a']);
  const first = [use(), use(), use()];
  expect(new Set(first).size).toBe(3);
  expect([use(), use(), use()]).toEqual(first);
  expect(rotation.take()).toBeDefined();
});

test('an idle one is found whatever else is busy, and none where all are', () => {
  const { rotation } = rotationOf(['a', 'b']);
  expect(rotation.take()).toBeDefined();
  expect(rotation.take()).toBeDefined();
  expect(rotation.take()).toBeUndefined();
});

test('one that broke while it was idle is not used', () => {
  const { rotation, connections } = rotationOf(['a', 'a']);
  const [broken] = connections;
  if (broken !== undefined) rotation.remove(broken);
  expect(rotation.take()?.name).toBe(1);
  expect(rotation.take()).toBeUndefined();
});

test.each([
  { dealt: 'evenly', workers: (index: number) => 'abcd'[index % 4] ?? 'a' },
  { dealt: 'in blocks', workers: (index: number) => 'abcd'[Math.floor(index / 16)] ?? 'a' },
  { dealt: 'nine to one', workers: (index: number) => (index % 10 === 9 ? 'b' : 'a') },
])('workers get equal shares of connections that were dealt $dealt', ({ workers }) => {
  const dealtTo = Array.from({ length: 64 }, (_, index) => workers(index));
  const { use, connections } = rotationOf(dealtTo);
  const used = Array.from({ length: 600 }, () => connections[use()]?.dealtTo ?? '');
  const counts = Map.groupBy(used.slice(200), (worker) => worker);
  const fair = 400 / new Set(dealtTo).size;
  for (const [worker, uses] of counts) {
    expect(uses.length, worker).toBeGreaterThan(fair * 0.97);
    expect(uses.length, worker).toBeLessThan(fair * 1.03);
  }
  // No worker has a run of turns, either.
  const longest = (
    used
      .slice(200)
      .join('')
      .match(/(.)\1*/g) ?? []
  ).map((run) => run.length);
  expect(Math.max(...longest)).toBeLessThanOrEqual(2);
});

test('every connection is used', () => {
  const { use } = rotationOf(Array.from({ length: 40 }, (_, index) => (index < 36 ? 'a' : 'b')));
  const used = new Set(Array.from({ length: 400 }, () => use()));
  expect(used.size).toBe(40);
});

/** `use` takes a connection, has it answered at once and gives back its name. */
function rotationOf(dealtTo: readonly string[]) {
  const rotation = new ConnectionRotation<Connection>();
  const connections = dealtTo.map(
    (worker, name): Connection => ({ name, dealtTo: worker, worker: null }),
  );
  for (const connection of connections) rotation.add(connection);
  const use = (): number => {
    const connection = rotation.take();
    if (connection === undefined) throw new Error('none is idle');
    if (connection.worker === null) {
      connection.worker = connection.dealtTo;
      rotation.learned(connection.dealtTo);
    }
    rotation.add(connection);
    return connection.name;
  };
  return { rotation, connections, use };
}
