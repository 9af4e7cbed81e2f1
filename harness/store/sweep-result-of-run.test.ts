import { expect, test } from 'vitest';
import {
  measuredFake,
  sampleSweepPlan,
  sampleSweepResult,
} from '../analysis/sweep/test/sample-sweep.ts';
import { expandCells } from '../plan/sweep/cells.ts';
import type { StoredRun } from './stored-run.ts';
import { sweepResultOfRun } from './sweep-result-of-run.ts';

const AXES = { workload: ['hot' as const], maxOverflow: [0], workers: [1], poolSize: [1, 4] };

/** A run that finds damage while its cells are read. */
function storedRun(): StoredRun {
  const plan = sampleSweepPlan({ axes: AXES, rounds: 2 });
  const damage: string[] = [];
  return {
    directory: 'runs/a',
    plan,
    planHash: 'a3f5'.repeat(16),
    machine: {
      poolLabVersion: '0.1.0',
      nodeVersion: '24.0.0',
      platform: 'linux',
      arch: 'x64',
      osRelease: '6.1',
      cpuModel: 'a CPU',
      cores: 2,
      memoryBytes: 8_000_000_000,
    },
    createdAt: '2026-01-02T03:00:00.000Z',
    measured: new Set(['c001-r1', 'c001-r2', 'c002-r1']),
    damage,
    *cells() {
      for (const cell of expandCells(plan)) {
        const rounds = cell.id === 'c001' ? [1, 2] : [1];
        if (cell.id === 'c002') damage.push('trials/c002-r2.json is cut short');
        yield {
          cell,
          trials: rounds.flatMap((round) => {
            const trial = measuredFake(cell, round);
            return trial.state === 'measured' ? [trial] : [];
          }),
        };
      }
    },
  };
}

test('a run is what its cells are, with the damage that is found while they are read', () => {
  const result = sweepResultOfRun(storedRun());
  const sample = sampleSweepResult({ axes: AXES, rounds: 2 });
  expect(result.cells[0]).toMatchObject({ ...sample.cells[0], againstBest: null });
  expect(result).toMatchObject({
    verdict: 'DEGRADED',
    trials: { planned: 4, measured: 3, failed: 0 },
    damage: ['trials/c002-r2.json is cut short'],
    environment: { cpuModel: 'a CPU' },
    situations: [{ best: 'c001' }],
  });
});

test('it ended when its last trial did', () => {
  // Round 2 began at 03:02, and all its phases together took 10 s.
  expect(sweepResultOfRun(storedRun()).lastTrialAt).toBe('2026-01-02T03:02:10.000Z');
});
