import { expect, test } from 'vitest';
import { measuredFake, sampleSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { viewSweep } from './sweep-view.ts';
import { thresholdCounts } from './threshold-counts.ts';

/** Of two workloads, three cells each. */
const counts = (met: (cellId: string) => boolean) =>
  thresholdCounts(
    viewSweep(
      sampleSweepResult({
        rounds: 1,
        axes: { workload: ['hot', 'hold'], maxOverflow: [0], workers: [1], poolSize: [1, 4, 16] },
        thresholds: ['latency.p99<50ms'],
        trial: (cell, round) => {
          const trial = measuredFake(cell, round);
          if (trial.state === 'failed') return trial;
          const thresholds = [
            { expression: 'latency.p99<50ms', met: met(cell.id), detail: 'both numbers' },
          ];
          return { ...trial, result: { ...trial.result, thresholds } };
        },
      }),
    ),
  );

test('a threshold is met where the best cell of every workload meets it', () => {
  const [count] = counts(() => true);
  expect(count).toMatchObject({ metByBest: true });
  expect(count?.text).toMatch(/^met by 6 of 6 cells; hot .*: both numbers; hold .*: both numbers$/);
});

test('it is not where one workload has no cell that can be chosen', () => {
  const [count] = counts((id) => id <= 'c003');
  expect(count).toMatchObject({ metByBest: false });
  expect(count?.text).toMatch(/^met by 3 of 6 cells; hot [^;]*$/);
});

test('nor where no cell of any meets it', () => {
  expect(counts(() => false)).toMatchObject([{ metByBest: false, text: 'met by 0 of 6 cells' }]);
});
