import { expect, test } from 'vitest';
import { METRICS } from '../../server/contract.ts';
import { missingLabels, seriesProblems } from './series-problems.ts';

const __name__ = METRICS.pgConnections;

test('a series with labels and values of the contract is right', () => {
  expect(seriesProblems({ __name__, job: 'a', worker: '12', state: 'idle' })).toEqual([]);
});

test.each([
  [{ __name__: 'pool_lab_new_total' }, 'pool_lab_new_total is not in the contract'],
  [{ __name__, host: 'a' }, `${__name__} has a label host`],
  [{ __name__, state: 'lost' }, `state of ${__name__} is lost`],
])('%j is new', (labels, problem) => {
  expect(seriesProblems(labels)).toEqual([problem]);
});

test('a label that no series of a metric has is missing', () => {
  const worker = { __name__, job: 'a', instance: 'a:1', worker: '1' };
  expect(missingLabels([worker, { ...worker, state: 'idle' }])).toEqual([]);
  expect(missingLabels([worker])).toEqual([`${__name__} state`]);
});
