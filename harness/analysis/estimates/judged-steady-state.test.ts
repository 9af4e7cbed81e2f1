import { expect, test } from 'vitest';
import type { Stage } from '../../load/load-engine.ts';
import { decodeFake } from '../test/fake-histogram.ts';
import { SECONDS, soundObservations, soundOpenObservations } from '../test/observations.ts';
import { judgedSteadyState } from './judged-steady-state.ts';

function judgedOf(stages: readonly Stage[]) {
  const { plan, load } = soundOpenObservations();
  const { model } = plan.load;
  if (model.kind === 'closed') throw new Error('the fixture is of the open loop');
  const staged = { ...plan.load, model: { ...model, stages: [...stages] } };
  return judgedSteadyState({ ...plan, load: staged }, load, decodeFake);
}

const stage = (fromPerSecond: number, toPerSecond: number, seconds: number): Stage => ({
  fromPerSecond,
  toPerSecond,
  durationMs: seconds * 1_000,
});

test.each<[string, readonly Stage[], number]>([
  ['one rate', [stage(1_000, 1_000, 12)], 0],
  ['a step', [stage(500, 500, 4), stage(1_000, 1_000, 8)], 4],
  ['a ramp up to it', [stage(0, 1_000, 3.5), stage(1_000, 1_000, 8.5)], 4],
  ['the same rate twice', [stage(9, 9, 1), stage(10, 10, 5), stage(10, 10, 6)], 1],
])('with %s only seconds of the last rate are looked at', (_, stages, from) => {
  expect(judgedOf(stages)).toMatchObject({
    state: 'steady',
    fromSecond: from,
    toSecond: SECONDS,
  });
});

test('a rate that changes to the end is not judged', () => {
  expect(judgedOf([stage(0, 2_000, 12)])).toMatchObject({
    state: 'not_judged',
    fromSecond: 0,
    toSecond: SECONDS,
  });
});

test('a run that was stopped before its last rate has too few seconds of it', () => {
  expect(judgedOf([stage(500, 500, 30), stage(1_000, 1_000, 30)])).toMatchObject({
    state: 'insufficient',
    fromSecond: 0,
    toSecond: SECONDS,
  });
});

test('a rolling restart is not judged', () => {
  const { plan, load } = soundObservations();
  expect(judgedSteadyState({ ...plan, rolloutSurge: 1 }, load, decodeFake)).toMatchObject({
    state: 'not_judged',
    detail: expect.stringContaining('rolling restart'),
  });
});

test('clients that give up bound the queue, and end no overload', () => {
  const { plan, load } = soundOpenObservations();
  const givingUp = (censored: number) => ({
    ...load,
    seconds: load.seconds.map((it) => ({
      ...it,
      outcomes: { ...it.outcomes, ok: it.outcomes.ok - censored, censored },
    })),
  });
  expect(judgedSteadyState(plan, givingUp(30), decodeFake).state).toBe('steady');
  expect(judgedSteadyState(plan, givingUp(400), decodeFake)).toMatchObject({
    state: 'overloaded',
    backlogPerSecond: expect.closeTo(400, 0),
    detail: expect.stringContaining('400/s dropped or given up by their clients'),
  });
});
