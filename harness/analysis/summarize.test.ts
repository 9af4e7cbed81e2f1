import { expect, test } from 'vitest';
import { summarizeTrial } from './summarize.ts';
import { decodeFake } from './test/fake-histogram.ts';
import {
  SECONDS,
  soundObservations,
  soundOpenObservations,
  soundSecond,
} from './test/observations.ts';
import { measuredTrialSchema } from './trial-result.ts';

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
