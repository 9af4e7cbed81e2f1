import { expect, test } from 'vitest';
import { measuredFake, sampleSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { headlineTexts } from './sweep-headline.ts';
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
  expect(count).toMatchObject({ met: true });
  expect(count?.text).toMatch(/^met by 6 of 6 cells; hot .*: both numbers; hold .*: both numbers$/);
});

test('it is not where one workload has no cell that can be chosen', () => {
  const [count] = counts((id) => id <= 'c003');
  expect(count).toMatchObject({ met: false });
  expect(count?.text).toMatch(
    /^met by 3 of 6 cells; hot [^;]*; hold 1 × \(1\+0\) does not: both numbers$/,
  );
});

test('nor where no cell of any meets it, and what one of each answered is told', () => {
  const [count] = counts(() => false);
  expect(count).toMatchObject({ met: false });
  expect(count?.text).toBe(
    'met by 0 of 6 cells; hot 1 × (1+0) does not: both numbers; hold 1 × (1+0) does not: both numbers',
  );
});

test('one that all cells meet is met although another leaves none to be chosen', () => {
  const sweep = sampleSweepResult({
    rounds: 1,
    axes: { workload: ['hot'], maxOverflow: [0], workers: [1], poolSize: [1, 4] },
    thresholds: ['latency.p99<1ms', 'refused==0'],
    trial: (cell, round) => {
      const trial = measuredFake(cell, round);
      if (trial.state === 'failed') return trial;
      const thresholds = [
        { expression: 'latency.p99<1ms', met: false, detail: 'both numbers' },
        { expression: 'refused==0', met: true, detail: 'both numbers' },
      ];
      return { ...trial, result: { ...trial.result, thresholds } };
    },
  });
  expect(thresholdCounts(viewSweep(sweep))).toMatchObject([
    { met: false, text: 'met by 0 of 2 cells; hot 1 × (1+0) does not: both numbers' },
    { met: true, text: 'met by 2 of 2 cells' },
  ]);
  expect(headlineTexts(viewSweep(sweep))[0]).toMatch(
    /^hot: no shape of 2 is usable: 2 threshold missed \(latency\.p99<1ms\); /,
  );
});
