import { expect, test } from 'vitest';
import { parseTrialPlan } from './parse-trial-plan.ts';

const TARGET = { target: 'http://127.0.0.1:8080' } as const;

const parse = (flags: Readonly<Record<string, string | readonly string[]>>) =>
  parseTrialPlan({ flags, env: {} });

test('a target without an admin port is a service of its own, with no database in sight', () => {
  const { plan, target } = parse({ ...TARGET, request: ['GET /orders@3', 'POST /orders'] });
  expect(target).toEqual({
    kind: 'service',
    url: TARGET.target,
    ownHost: null,
    databaseInSight: false,
  });
  expect(plan).toMatchObject({
    service: {
      kind: 'running',
      origin: TARGET.target,
      metricsPath: '/metrics',
      shapeKnown: false,
    },
    workload: 'requests',
    requests: { templates: [{ name: 'GET /orders' }, { name: 'POST /orders' }] },
  });
});

test('what it is asked where nothing is said is its first page', () => {
  expect(parse(TARGET).plan.requests?.templates).toMatchObject([{ method: 'GET', path: '/' }]);
});

test('with --postgres url its database is in sight', () => {
  expect(parse({ ...TARGET, postgres: 'url' }).target).toMatchObject({ databaseInSight: true });
});

test.each([
  [{}, false],
  [{ workers: '2' }, false],
  [{ poolSize: '5' }, false],
  [{ workers: '2', poolSize: '5' }, true],
])('told %j its shape is known: %s', (told, shapeKnown) => {
  expect(parse({ ...TARGET, ...told }).plan.service).toMatchObject({ shapeKnown });
});

test('an overflow that nobody told is none, and not that of the pool of the lab', () => {
  const { plan } = parse({ ...TARGET, workers: '2', poolSize: '5' });
  expect(plan.pool).toMatchObject({ poolSize: 5, maxOverflow: 0 });
});

test('with an admin port it is an API of pool-lab, as before', () => {
  const { plan, target } = parse({
    ...TARGET,
    targetAdmin: 'http://127.0.0.1:9464',
    postgres: 'url',
  });
  expect(target).toMatchObject({ kind: 'api' });
  expect(plan.service).toBeNull();
});

test.each([
  [{ command: 'node server.js --port {port}' }, 'name two services'],
  [{ postgres: 'embedded' }, 'would start a PostgreSQL that the service of --target knows'],
  [{ postgres: 'docker' }, 'would start a PostgreSQL that the service of --target knows'],
  [{ maxConnections: '30' }, 'is of a PostgreSQL that nobody named'],
  [{ pgSetting: ['work_mem=4MB'] }, 'is of a PostgreSQL that nobody named'],
  [{ rollout: '1' }, 'is not for a service that the lab did not start'],
  [{ dbRtt: '20ms' }, 'comes too late: the service of --target is connected already'],
  [{ dbFault: 'reset@1s' }, 'comes too late: the service of --target is connected already'],
])('%j is refused: it %s', (flags, problem) => {
  expect(() => parse({ ...TARGET, ...flags })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(problem),
    }),
  );
});

test('what the lab would decide for its own API changes nothing, and is said', () => {
  const flags = { workload: 'hold', poolTimeout: '1s', prePing: true, port: '8080' };
  expect(parseTrialPlan({ flags: { ...TARGET, ...flags }, env: {} }).warnings.toSorted()).toEqual(
    ['--pool-timeout', '--port', '--pre-ping', '--workload'].map(
      (flag) => `${flag} changes nothing with --target, whose service is not the lab's own API`,
    ),
  );
});

test('without a database a shape changes nothing, since nothing is predicted', () => {
  const told = { ...TARGET, workers: '2', poolSize: '5', maxOverflow: '1' };
  expect(parse(told).warnings).toEqual(
    ['--workers', '--pool-size', '--max-overflow'].map(
      (flag) =>
        `${flag} changes nothing with --target and without --postgres url: nothing is predicted`,
    ),
  );
  expect(parse({ ...told, postgres: 'url' }).warnings).toEqual([]);
});
