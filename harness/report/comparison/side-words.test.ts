import { expect, test } from 'vitest';
import { sideOf } from '../../analysis/comparison/compared-cell.ts';
import { measuredCell } from '../../analysis/comparison/test/measured-cell.ts';
import { sideNames } from './side-words.ts';

test('a service of which nobody told the shape is called after no shape', () => {
  const cell = measuredCell({ rounds: [100], environment: { postgres: null } });
  const service = {
    kind: 'running',
    origin: 'http://127.0.0.1:8080',
    metricsPath: null,
    shapeKnown: false,
  } as const;
  const side = sideOf({ ...cell, plan: { ...cell.plan, service } });
  expect(side).toMatchObject({ shapeKnown: false, maxConnections: null });
  const names = (left: typeof side, right: typeof side) => sideNames({ left, right, declared: [] });
  expect(names(side, side)).toEqual({ left: "A's service", right: "B's service" });
  expect(names(side, sideOf(cell))).toEqual({ left: 'service', right: '1 × (4+0)' });
});
