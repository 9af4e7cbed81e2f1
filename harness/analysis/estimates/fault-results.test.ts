import { expect, test } from 'vitest';
import type { LoadSecond } from '../../load/load-engine.ts';
import type { DatabaseFault } from '../../plan/database-fault.ts';
import { soundObservations, soundOpenObservations } from '../test/observations.ts';
import type { FaultReading } from '../trial-machine.ts';
import type { WatchedObservations } from '../trial-observations.ts';
import { faultResults } from './fault-results.ts';

/** Good and failed requests of the first seconds; the rest has 940 and 40 each, as before the fault. */
const disturbed =
  (...seconds: readonly (readonly [good: number, failed: number])[]) =>
  (second: LoadSecond): LoadSecond => {
    const [good, error] = seconds[second.second] ?? [940, 40];
    return { ...second, good, outcomes: { ...second.outcomes, error } };
  };

const stall = (startedMs: number | null, endedMs: number | null): FaultReading => ({
  ...{ kind: 'stall' as DatabaseFault['kind'], atMs: 2_500, durationMs: 1_000 },
  ...{ startedMs, endedMs, connections: 4, bytesLost: 0, bytesHeld: 10 },
});

function seen(
  change: (second: LoadSecond) => LoadSecond,
  fault = stall(2_501, 3_502),
  sound = soundObservations(),
): WatchedObservations {
  const { load } = sound;
  return {
    ...sound,
    load: { ...load, seconds: load.seconds.map(change), firstRightMs: [7] },
    faults: [fault],
  };
}

test('the goodput is back in the first whole second after the end that has nine tenths of it', () => {
  const [result] = faultResults(
    seen(disturbed([1_000, 0], [900, 0], [300, 20], [100, 90], [854, 5], [855, 3])),
  );
  expect(result).toMatchObject({
    firstRightMs: 7,
    goodBeforePerSecond: 950,
    // The sixth second, 5 to 6 s, after an end at 3.502 s.
    goodputBackMs: { atLeast: 1_498, atMost: 2_498 },
    failed: 20 + 90 + 5,
  });
});

test('where the very next second is whole again, it was back at some time before its end', () => {
  const [result] = faultResults(seen(disturbed([940, 0], [940, 0], [300, 8], [100, 9])));
  expect(result?.goodputBackMs).toEqual({ atLeast: 0, atMost: 1_498 });
});

test('a goodput that does not come back is no time, and everything that failed counts', () => {
  const never = (second: LoadSecond): LoadSecond =>
    disturbed([940, 0], [940, 0])(second.second < 2 ? second : { ...second, second: 99 });
  const low = (second: LoadSecond): LoadSecond => {
    const { outcomes } = second;
    return second.second < 2
      ? never(second)
      : { ...second, good: 10, outcomes: { ...outcomes, error: 1, censored: 1 } };
  };
  const [result] = faultResults(seen(low));
  const after = soundObservations().load.seconds.length - 2;
  expect(result).toMatchObject({ goodputBackMs: null, failed: 2 * after });
});

test.each([
  ['a fault that did not come', stall(null, null), 0],
  ['one that the end of the run cut short', stall(2_501, 3_000), 40],
])('%s has nothing after it', (_, fault, failedAtLeast) => {
  const [result] = faultResults(seen((second) => second, fault));
  expect(result).toMatchObject({ firstRightMs: null, goodputBackMs: null });
  expect(result?.failed).toBeGreaterThanOrEqual(failedAtLeast);
});

test('a rate that changes, or no whole second before, is nothing to compare with', () => {
  const changing = soundOpenObservations();
  const { model } = changing.plan.load;
  if (model.kind !== 'open') throw new Error('not open');
  const [stage] = model.stages;
  if (stage === undefined) throw new Error('no stage');
  const stages = [stage, { ...stage, toPerSecond: stage.toPerSecond + 1 }];
  const plan = { ...changing.plan, load: { ...changing.plan.load, model: { ...model, stages } } };
  for (const result of [
    faultResults(seen((second) => second, stall(2_501, 3_502), { ...changing, plan })),
    faultResults(seen((second) => second, { ...stall(900, 1_900), atMs: 900 })),
  ]) {
    expect(result).toMatchObject([{ goodBeforePerSecond: null, goodputBackMs: null }]);
  }
});
