import { expect, test } from 'vitest';
import { summarizeTrial } from '../summarize.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import { serviceObservations } from '../test/service-observations.ts';

/** Told 2 × 4 connections, of which it has as many as these on average and for a moment. */
function exceeded({ mean, peak, overflow }: Record<'mean' | 'peak' | 'overflow', number>) {
  const seen = serviceObservations();
  const { caveats } = summarizeTrial(
    {
      ...seen,
      plan: {
        ...seen.plan,
        pool: { ...seen.plan.pool, poolSize: 4 - overflow, maxOverflow: overflow },
      },
      server: { ...seen.server, peakWorkers: peak },
      service: seen.service === null ? null : { ...seen.service, busiestSecondMean: mean },
    },
    decodeFake,
  );
  return caveats.filter(({ code }) => code === 'shape_exceeded').map(({ detail }) => detail);
}

test('connections that are many for moments and few on average are no pool of the size that was told', () => {
  expect(exceeded({ mean: 4, peak: 17, overflow: 0 })).toEqual([
    'the service opened 17 connections, and was told to open 8 at most (2 × 4+0)',
  ]);
  // Each was replaced at once.
  expect(exceeded({ mean: 4, peak: 16, overflow: 0 })).toEqual([]);
  // An overflow comes and goes all the time.
  expect(exceeded({ mean: 4, peak: 17, overflow: 2 })).toEqual([]);
});
