import fc from 'fast-check';
import { expect, test } from 'vitest';
import { POOL_KINDS } from '../../../server/contract.ts';
import { trialPlanSchema } from '../trial-plan.ts';
import { expandCells } from './cells.ts';
import { countCells } from './count-cells.ts';
import type { Axes } from './sweep-plan.ts';
import { sweep } from './test/parsed-sweep.ts';

const { plan } = sweep({ workload: 'hold,point', param: ['ms=7'], seed: '3' });

const few = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });
const anyAxes: fc.Arbitrary<Axes> = fc.record({
  workload: few(['hot', 'hold', 'point'] as const),
  load: few(
    [1, 2].map((connections) => ({ kind: 'closed' as const, connections, thinkTimeMs: 0 })),
  ),
  dbRttMs: few([0, 0.5, 20]),
  maxConnections: few([20, 30]),
  poolKind: few(POOL_KINDS),
  maxOverflow: few([0, 5, -1]),
  workers: few([1, 2]),
  poolSize: few([1, 4, 0]),
});

test('as many cells are made as are counted, each once and with a plan of its own', () => {
  fc.assert(
    fc.property(anyAxes, (axes) => {
      const cells = expandCells({ axes, base: plan.base });
      expect(cells).toHaveLength(countCells(axes));
      expect(new Set(cells.map(({ id }) => id)).size).toBe(cells.length);
      expect(new Set(cells.map((cell) => JSON.stringify(cell.plan))).size).toBe(cells.length);
    }),
    { numRuns: 50 },
  );
});

test('a cell’s plan has its variables and is a plan that a trial can have', () => {
  const { axes, base } = sweep({
    workers: '1,2',
    poolSize: '3,4',
    maxOverflow: '5,6',
    maxConnections: '70,80',
    rate: '9/s,10/s',
    duration: '4s',
    workload: 'hot,hold',
    param: ['ms=7'],
  }).plan;
  const cells = expandCells({ axes, base });
  expect(cells[0]?.id).toBe('c001');
  expect(cells.at(-1)).toMatchObject({
    id: 'c064',
    variables: {
      workload: 'hold',
      maxConnections: 80,
      poolKind: 'queue',
      maxOverflow: 6,
      workers: 2,
      poolSize: 4,
    },
    plan: {
      workers: 2,
      workload: 'hold',
      workloadParams: { ms: '7' },
      pool: { kind: 'queue', poolSize: 4, maxOverflow: 6 },
      load: {
        model: {
          kind: 'open',
          stages: [{ fromPerSecond: 10, toPerSecond: 10, durationMs: 4_000 }],
        },
      },
      durationMs: 4_000,
      postgres: { maxConnections: 80 },
    },
  });
  for (const cell of cells) expect(trialPlanSchema.parse(cell.plan)).toEqual(cell.plan);
});

test('without a pool sizes make no cells, beside one they make their own', () => {
  const axes: Axes = {
    ...plan.axes,
    poolKind: ['null', 'queue'],
    poolSize: [1, 2],
    workload: ['hot'],
  };
  expect(
    expandCells({ axes, base: plan.base }).map(({ id, variables: { poolKind, poolSize } }) => [
      id,
      poolKind,
      poolSize,
    ]),
  ).toEqual([
    ['c001', 'null', 1],
    ['c002', 'queue', 1],
    ['c003', 'queue', 2],
  ]);
});

test('two thousand cells have names of one width', () => {
  const { axes, base } = sweep({ workers: '1..50', poolSize: '1..40' }).plan;
  const cells = expandCells({ axes, base });
  expect([cells[0]?.id, cells.at(-1)?.id]).toEqual(['c0001', 'c2000']);
});
