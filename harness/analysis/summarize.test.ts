import { expect, test } from 'vitest';
import { summarizeTrial } from './summarize.ts';
import { decodeFake } from './test/fake-histogram.ts';
import {
  SECONDS,
  soundObservations,
  soundOpenObservations,
  soundSecond,
} from './test/observations.ts';
import { serviceObservations, unwatchedObservations } from './test/service-observations.ts';
import { measuredTrialSchema, watchedTrial } from './trial-result.ts';

test.each([
  ['closed', soundObservations],
  ['open', soundOpenObservations],
])('a sound %s trial is VALID, keeps every law and fits the published schema', (_, observed) => {
  const result = summarizeTrial(observed(), decodeFake);
  expect(result.caveats).toEqual([]);
  expect(result.verdict).toBe('VALID');
  expect(result.laws.filter(({ holds }) => !holds)).toEqual([]);
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
});

test('a run that a threshold stopped says so, and is no worse for that', () => {
  const sound = soundObservations();
  const result = summarizeTrial(
    {
      ...sound,
      plan: { ...sound.plan, thresholds: ['errors.total==0', 'throughput>900/s'] },
      load: { ...sound.load, ended: 'aborted' },
      stoppedByThreshold: { expression: 'errors.total==0', detail: '1 is not 0' },
    },
    decodeFake,
  );
  expect(result).toMatchObject({
    ended: 'threshold_failed',
    verdict: 'DEGRADED',
    caveats: [{ code: 'stopped_by_threshold' }],
    thresholds: [
      { expression: 'errors.total==0', met: false, detail: '1 is not 0' },
      { expression: 'throughput>900/s', met: true },
    ],
  });
});

test('an abort of the user is none of a threshold', () => {
  const sound = soundObservations();
  const aborted = { ...sound, load: { ...sound.load, ended: 'aborted' } } as const;
  expect(summarizeTrial(aborted, decodeFake).ended).toBe('aborted');
});

test('the mean in flight of a second that the window ends in is of its part in it', () => {
  const sound = soundObservations();
  const last = { ...soundSecond(SECONDS), inFlightSeconds: 4 };
  const drain = { ...soundSecond(SECONDS + 1), inFlightSeconds: 0 };
  const load = {
    ...sound.load,
    durationMs: SECONDS * 1_000 + 250,
    seconds: [...sound.load.seconds, last, drain],
  };
  const { seconds } = summarizeTrial({ ...sound, load }, decodeFake);
  expect(seconds.slice(-3).map(({ inFlightMean }) => inFlightMean)).toEqual([16, 16, 0]);
});

test('of a service that does not tell where its time went nothing is said of it', () => {
  const { composition, workers, bottleneck, cpuMs, service } = summarizeTrial(
    serviceObservations(),
    decodeFake,
  );
  expect({ composition, workers }).toEqual({ composition: [], workers: [] });
  expect(bottleneck).toMatchObject({ kind: 'pool', evidence: expect.stringMatching(/^480 of/) });
  expect(cpuMs.api).toBe(4_800);
  expect(service?.unseen).toHaveLength(1);
});

test('a service that tells all of its parts has them shown', () => {
  const { load, ...seen } = serviceObservations();
  const timed = { answers: 11_520, wait: 11_520, connect: 11_520, db: 11_500, loop: 0, total: 0 };
  const { composition } = summarizeTrial({ ...seen, load: { ...load, timed } }, decodeFake);
  expect(composition.length).toBeGreaterThan(0);
});

test('of a service whose database was not in sight nothing is told that only that could tell', () => {
  const observed = unwatchedObservations();
  const result = summarizeTrial(
    { ...observed, plan: { ...observed.plan, thresholds: ['latency.p99<2s', 'usable>1'] } },
    decodeFake,
  );
  expect(result).toMatchObject({
    verdict: 'VALID',
    budget: null,
    connections: null,
    waitEventShares: {},
    environment: { postgres: null },
    cpuMs: { postgres: null, api: null },
    thresholds: [{ met: true }, { met: false, detail: expect.stringContaining('not in sight') }],
  });
  expect(result.bottleneck.evidence).not.toContain('PostgreSQL');
  expect(measuredTrialSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
  expect(watchedTrial(result)).toBeNull();
});
