import { expect, test } from 'vitest';
import type { CellResult } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweep } from '../../test/sample-sweep.ts';
import { agreementOf } from './agreement.ts';
import { viewSweep } from './sweep-view.ts';

type CellBudget = NonNullable<CellResult['budget']>;

function agreement(change: (budget: CellBudget) => Partial<CellBudget>) {
  const result = sampleSweep();
  const cells = result.cells.map((cell) =>
    cell.budget === null ? cell : { ...cell, budget: { ...cell.budget, ...change(cell.budget) } },
  );
  return agreementOf(viewSweep({ ...result, cells }));
}

test('behind something that did not tell its limits nothing was predicted', () => {
  expect(agreement(() => ({ reached: 'unknown', agrees: true }))).toEqual({
    text: 'nothing was predicted: what the API connects through did not tell its limits',
    disagreements: [],
  });
});

test('behind a pooler a disagreement is about its clients', () => {
  const { disagreements } = agreement(({ predicted }) => ({
    agrees: false,
    reached: 'pooler',
    observedRefusals: false,
    clients: { reachable: 30, predictedRefusals: true, observedRefusals: false },
    predicted: {
      ...predicted,
      clients: {
        ...{ mode: 'transaction', servers: 8, clients: 25, floor: 20, waitingAtCeiling: 32 },
        ...{ ceiling: 40, rolloutCeiling: 50, fits: false, fitsDuringRollout: false },
      },
    },
  }));
  expect(disagreements[0]).toMatch(
    /refusals predicted, none observed; it can be 40 clients of 25 that PgBouncer takes, of which the load reaches 30$/,
  );
});
