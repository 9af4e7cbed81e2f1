import { expect, test } from 'vitest';
import { workerObservations } from '../estimates/worker-observation.ts';
import { POOLER, POOLER_READING, soundObservations } from '../test/observations.ts';
import { SERVICE_READING, serviceObservations } from '../test/service-observations.ts';
import { bottleneckFacts } from './bottleneck-facts.ts';
import { caveat, degraded, invalid } from './caveats.ts';

const sound = soundObservations();
const made = { caveats: [], workers: workerObservations(sound), composition: [] };

test('everything that can be at its limit is read in cores and connections', () => {
  expect(bottleneckFacts(sound, made)).toMatchObject({
    generatorFailure: null,
    refusals: 0,
    attempts: 12_000,
    retries: false,
    afar: false,
    poolTimeouts: 480,
    slow: null,
    mean: { at: 'on average over the run', latencyMs: expect.closeTo(15.25, 9) },
    pool: { connections: 4, meanHeld: expect.closeTo(4, 9) },
    postgres: { cores: 0.1, isHere: true },
    machine: { cores: 2, apiCores: expect.closeTo(0.4008, 3), generatorCores: 0.15 },
  });
});

test('of a pooler its connections count with the reserve, and as busy without what clients waited', () => {
  const observedMs = sound.load.durationMs + sound.load.drainMs;
  const seen = {
    ...sound,
    plan: { ...sound.plan, pooler: { ...POOLER, defaultPoolSize: 6, reservePoolSize: 2 } },
    pooler: {
      ...POOLER_READING,
      ...{ transactions: 500, transactionMs: 5 * observedMs, waitMs: observedMs },
    },
    poolerCpuMs: observedMs / 4,
  };
  expect(bottleneckFacts(seen, made).pooler).toMatchObject({
    ...{ servers: 8, busyMean: 4, waitMs: observedMs / 500, cores: 0.25 },
  });
  const unread = { ...seen, pooler: null };
  expect(bottleneckFacts(unread, made).pooler).toBeNull();
});

test('the slowest latency that can be taken apart is looked at', () => {
  const partsMs = { lag: 0, wait: 1, connect: 0, db: 2, loop: 0, rest: 0 };
  const composition = [
    { quantile: 'p50', latencyMs: 3, partsMs },
    { quantile: 'p95', latencyMs: 9, partsMs },
  ] as const;
  expect(bottleneckFacts(sound, { ...made, composition: [...composition] }).slow).toMatchObject({
    at: 'at p95',
    latencyMs: 9,
  });
});

test.each([
  ['could not keep up', invalid('late'), 'late'],
  ['was a little late', degraded('late'), null],
])('a generator that %s', (_, finding, failure) => {
  const caveats = [caveat('dispatch_late', finding)];
  expect(bottleneckFacts(sound, { ...made, caveats }).generatorFailure).toBe(failure);
});

test('a PgBouncer in between is one, whoever started it', () => {
  const limits = { mode: 'transaction', servers: 6, clients: 50 } as const;
  const via = { ...sound.api, via: '127.0.0.1:6432', viaLimits: limits };
  expect(bottleneckFacts(sound, made).pooled).toBe(false);
  expect(bottleneckFacts({ ...sound, api: via }, made).pooled).toBe(true);
});

test("an invalid trial is not the generator's fault for that", () => {
  const caveats = [caveat('worker_crashed', invalid('worker 1'))];
  expect(bottleneckFacts(sound, { ...made, caveats }).generatorFailure).toBeNull();
});

test('a database elsewhere, and a pool without an end, are said to be so', () => {
  const { environment, plan } = sound;
  const postgres = { ...environment.postgres, provider: 'url' } as const;
  const facts = bottleneckFacts(
    {
      ...sound,
      plan: { ...plan, pool: { ...plan.pool, kind: 'null' } },
      environment: { ...environment, postgres },
      postgresCpuMs: null,
    },
    made,
  );
  expect(facts).toMatchObject({
    pool: { connections: null },
    postgres: { isHere: false, cores: null },
  });
});

test('sessions of a service are busy unless idle, and have a ceiling where somebody told one', () => {
  const seen = serviceObservations();
  const session = { applicationName: 'orders', role: 'app', address: '127.0.0.1', peak: 6 };
  const sessions = [
    { ...session, meanByState: { active: 3, idle: 2, 'idle in transaction': 0.5 } },
    { ...session, applicationName: '', meanByState: { active: 1 } },
  ];
  const ofSessions = (plan: Partial<typeof seen.plan>) =>
    bottleneckFacts(
      {
        ...seen,
        plan: { ...seen.plan, ...plan },
        service: {
          reading: { ...SERVICE_READING, sessions },
          ...{ wrongBefore: [], busiestSecondMean: 8 },
        },
      },
      made,
    ).service?.sessions;
  const { peakWorkers } = seen.server;
  expect(ofSessions({})).toEqual({ peak: peakWorkers, busyMean: 4.5, ceiling: 8 });
  expect(ofSessions({ rolloutSurge: 2 })?.ceiling).toBeNull();
  const { service } = seen.plan;
  expect(service).not.toBeNull();
  if (service === null) return;
  expect(ofSessions({ service: { ...service, shapeKnown: false } })?.ceiling).toBeNull();
  expect(ofSessions({ pooler: POOLER })).toBeNull();
});
