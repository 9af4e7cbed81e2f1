import { expect, test } from 'vitest';
import type { RawFlags } from '../option-table.ts';
import { expandCells } from './cells.ts';
import { sweep } from './test/parsed-sweep.ts';
import { orderTrials, type PlannedTrial, postgresKey } from './trial-order.ts';

const FLAGS: RawFlags = {
  workers: '1,2,3',
  poolSize: '1..4',
  maxConnections: '50,100',
  rounds: '3',
};
const order = (flags: RawFlags = {}): readonly PlannedTrial[] =>
  orderTrials(sweep({ ...FLAGS, ...flags }).plan);
const ids = (trials: readonly PlannedTrial[]): readonly string[] => trials.map(({ id }) => id);

test('every cell has one trial in each round, and a round ends before the next begins', () => {
  const trials = order();
  const cells = expandCells(sweep(FLAGS).plan).map(({ id }) => id);
  expect(trials).toHaveLength(3 * cells.length);
  for (const round of [1, 2, 3]) {
    const ofRound = trials.slice((round - 1) * cells.length, round * cells.length);
    expect(ofRound.every((trial) => trial.round === round)).toBe(true);
    expect(ofRound.map(({ cell }) => cell.id).sort()).toEqual(cells);
    expect(ofRound.map(({ id, cell }) => id === `${cell.id}-r${round}`)).not.toContain(false);
  }
});

test('all cells of a round see the same arrivals, those of the next round others', () => {
  const seeds = Map.groupBy(order({ seed: '4294967295' }), ({ round }) => round);
  expect([...seeds].map(([, trials]) => [...new Set(trials.map(({ plan }) => plan.seed))])).toEqual(
    [[4_294_967_295], [0], [1]],
  );
});

test('the same seed gives the same order, another seed another', () => {
  expect(ids(order())).toEqual(ids(order()));
  expect(ids(order({ seed: '2' }))).not.toEqual(ids(order()));
});

test('cells are not measured in the order of their axes, nor twice in the same order', () => {
  const cells = order().map(({ cell }) => cell.id);
  const rounds = [0, 1, 2].map((round) => cells.slice(round * 24, (round + 1) * 24).join());
  expect(new Set([...rounds, cells.slice(0, 24).toSorted().join()]).size).toBe(4);
});

test('PostgreSQL is started once for each of its settings in a round, less where rounds meet', () => {
  const keys = order().map(({ plan }) => postgresKey(plan));
  const starts = keys.filter((key, index) => key !== keys[index - 1]).length;
  // A B, B A, A B: four starts instead of six.
  expect(starts).toBe(4);
});

test('what PostgreSQL must be restarted for are its settings, in whatever order they were given', () => {
  const keyOf = (pgSetting: readonly string[]): string | undefined =>
    order({ pgSetting, maxConnections: '50' }).map(({ plan }) => postgresKey(plan))[0];
  expect(keyOf(['jit=off', 'work_mem=4MB'])).toBe(keyOf(['work_mem=4MB', 'jit=off']));
  expect(keyOf(['jit=off'])).not.toBe(keyOf(['jit=on']));
});

test('the most trials there can be are put in order', () => {
  const short: RawFlags = { warmup: '0', duration: '1s', drain: '0' };
  const { plan } = sweep({ ...short, workers: '1..50', poolSize: '1..40', rounds: '100' });
  expect(orderTrials(plan)).toHaveLength(200_000);
});
