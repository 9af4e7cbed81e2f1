import { expect, test } from 'vitest';
import { sampleTrial } from '../../report/test/sample-trial.ts';
import type { Absent, ObservedConnections } from './cost-observation.ts';
import { costResultSchema } from './cost-result.ts';
import { summarizeCost } from './summarize-cost.ts';
import { connections, MEMORY, sampleObservation } from './test/sample-observation.ts';
import type { VariantId } from './variants.ts';

const variantOf = (id: string, result = summarizeCost(sampleObservation())) =>
  result.variants.find((it) => it.id === id);

test('a connection is the sum of its steps, and costs so many queries', () => {
  const result = summarizeCost(sampleObservation());
  expect(costResultSchema.parse(result)).toEqual(result);
  const tcp = variantOf('tcp', result);
  expect(tcp).toMatchObject({
    state: 'measured',
    authentication: 'scram-sha-256',
    connection: { samples: 200, p50Ms: expect.closeTo(3.0 + 3 * 0.0995, 6) },
    phases: { tlsRequest: null, warmQuery: { p50Ms: expect.closeTo(0.1995, 6) } },
  });
  expect(result.connectionPerQuery).toBeCloseTo((3 + 3 * 0.0995) / 0.1995, 6);
  expect(result).toMatchObject({ verdict: 'VALID', doubts: [] });
});

test('the median has its interval, and a percentile that too few lie beyond is withheld', () => {
  const [near, far] = [variantOf('tcp'), variantOf('tcp_20ms')];
  expect(near).toMatchObject({ connection: { p95Ms: expect.any(Number) } });
  expect(far).toMatchObject({ connection: { samples: 25, p95Ms: null } });
  if (near?.state !== 'measured') throw new Error('not measured');
  const { p50Ms, p50Interval } = near.connection;
  expect(p50Interval.low).toBeLessThan(p50Ms);
  expect(p50Interval.high).toBeGreaterThan(p50Ms);
});

test('what TLS and SCRAM cost is their difference round by round, from which a drift goes away', () => {
  const { tls, scram } = summarizeCost(sampleObservation());
  // TLS has two steps more that drift, SCRAM two as well.
  expect(tls).toMatchObject({ p50Ms: expect.closeTo(1 + 1.5 - 0.8 + 2 * 0.0995, 6) });
  expect(scram).toMatchObject({ p50Ms: expect.closeTo(1.2 + 2 * 0.0995, 6) });
  expect((scram?.p50Interval.high ?? 0) - (scram?.p50Interval.low ?? 0)).toBeLessThan(0.1);
});

test('where the server asks for another kind of password, nothing is told of SCRAM', () => {
  const observation = sampleObservation();
  const byMd5: ObservedConnections = new Map(
    [...connections('tcp', 20)].map(([round, times]) => [
      round,
      { ...times, authentication: 'md5', challengeMs: null },
    ]),
  );
  const observed = new Map([...observation.connections, ['tcp', byMd5] as const]);
  expect(summarizeCost({ ...observation, connections: observed }).scram).toBeNull();
});

test('what is not there is absent with its reason, and nothing is made from it', () => {
  const result = summarizeCost(
    sampleObservation({
      connections: new Map<VariantId, ObservedConnections | Absent>([
        ['tcp', connections('tcp', 200)],
        ['tls', { absent: 'the server does not speak TLS' }],
        ['tcp_20ms', connections('tcp_20ms', 16)],
      ]),
      memory: { absent: 'only Linux tells' },
    }),
  );
  expect(variantOf('tls', result)).toMatchObject({
    state: 'absent',
    reason: 'the server does not speak TLS',
  });
  expect(variantOf('tcp_20ms', result)).toMatchObject({ reason: '2 connections are too few' });
  expect(variantOf('socket', result)).toMatchObject({ reason: 'it was not asked for' });
  expect(result).toMatchObject({
    ...{ tls: null, scram: null, arithmetic: [] },
    ...{ memory: { state: 'absent', reason: 'only Linux tells' } },
    ...{ throughput: { state: 'absent', reason: 'it was not asked for' } },
  });
  expect(result.quoted.map(({ id, finding }) => `${id} ${finding}`)).toEqual([
    ...['tcp less', 'tls not_measured', 'scram not_measured'],
    ...['start not_measured', 'memory not_measured'],
  ]);
});

test('without TCP in the open it is by TLS, or by the socket, that a connection is usual', () => {
  const only = (id: 'tls' | 'socket') =>
    summarizeCost(sampleObservation({ connections: new Map([[id, connections(id, 200)]]) }));
  expect(only('tls').connectionPerQuery).toBeGreaterThan(10);
  expect(only('socket').connectionPerQuery).toBeGreaterThan(10);
  expect(
    summarizeCost(sampleObservation({ connections: new Map() })).connectionPerQuery,
  ).toBeNull();
});

test.each([
  [{ cpuPressureShare: 0.5 }, /waited for a CPU in 50 % of the time/],
  [{ cpuStealShare: 0.04 }, /hypervisor gave 4\.0 %/],
  [{ throttledPeriods: 3, throttledMs: 120 }, /out of CPU quota for 120 ms, in 3 periods/],
])('a machine with %o makes its times doubtful', (changes, doubt) => {
  const { host } = sampleObservation();
  const result = summarizeCost(sampleObservation({ host: { ...host, ...changes } }));
  expect(result).toMatchObject({ verdict: 'DEGRADED', doubts: [expect.stringMatching(doubt)] });
});

test('where the machine tells nothing of itself, nothing is doubted', () => {
  const host = {
    ...{ cpuPressureShare: null, cpuStealShare: null },
    ...{ throttledPeriods: null, throttledMs: null },
  };
  expect(summarizeCost(sampleObservation({ host })).verdict).toBe('VALID');
});

const pair = (pooledPerSecond: number, unpooledPerSecond: number) => ({
  pooled: sampleTrial({ throughputPerSecond: pooledPerSecond }),
  unpooled: sampleTrial({ throughputPerSecond: unpooledPerSecond }),
});

test('throughput is compared pair by pair', () => {
  const { throughput } = summarizeCost(
    sampleObservation({ throughput: [pair(1_000, 100), pair(2_000, 200), pair(900, 90)] }),
  );
  expect(throughput).toMatchObject({
    ...{ state: 'measured', pairs: 3, verdict: 'VALID', caveats: [] },
    pooled: { throughputPerSecond: 1_000, failedRequests: 3 * (9_310 - 8_094) },
    ratio: { ratio: expect.closeTo(10, 9), finding: 'higher' },
  });
});

test('a trial that must not be believed leaves no ratio, and a doubt', () => {
  const caveat = { code: 'generator_busy', grade: 'INVALID', detail: 'd', advice: 'a' } as const;
  const broken = sampleTrial({ verdict: 'INVALID', caveats: [caveat] });
  const result = summarizeCost(
    sampleObservation({ throughput: [pair(1_000, 100), { ...pair(1, 1), unpooled: broken }] }),
  );
  expect(result.throughput).toMatchObject({ ratio: null, verdict: 'INVALID' });
  expect(result).toMatchObject({
    verdict: 'DEGRADED',
    doubts: ['throughput: INVALID, generator_busy in 1 of 4 trials'],
  });
});

test('CPU time that one trial could not tell is told of none', () => {
  const blind = sampleTrial({ cpuMs: { ...sampleTrial().cpuMs, postgres: null } });
  const { throughput } = summarizeCost(
    sampleObservation({ throughput: [pair(2, 1), { ...pair(2, 1), unpooled: blind }] }),
  );
  expect(throughput).toMatchObject({
    pooled: { postgresCpuMsPerRequest: expect.any(Number) },
    unpooled: { postgresCpuMsPerRequest: null },
  });
});

test('memory is that of one more session', () => {
  expect(summarizeCost(sampleObservation()).memory).toMatchObject({
    ...{ state: 'measured', sessions: MEMORY.sessions, aged: MEMORY.aged },
  });
});
