import { expect, test } from 'vitest';
import { expandCells } from '../../plan/sweep/cells.ts';
import { sweep } from '../../plan/sweep/test/parsed-sweep.ts';
import { panelText, situationText } from './cell-words.ts';

test('no two situations of a sweep have the same name', () => {
  const { plan } = sweep({ workload: 'hot,point', connections: '8,16', dbRtt: '0,0.5ms,20ms' });
  const names = expandCells(plan).map(({ variables }) => situationText(variables, plan.axes));
  expect(new Set(names).size).toBe(12);
  expect(names.slice(0, 2)).toEqual([
    'hot, 8 clients, database on this machine',
    'hot, 8 clients, database 0.5 ms away',
  ]);
});

test('no two panels of a sweep have the same name', () => {
  const { plan } = sweep({
    poolKind: 'queue,null,plain',
    maxOverflow: '0,5',
    maxConnections: '50,100',
  });
  const names = expandCells(plan).map(({ variables }) => panelText(variables, null));
  expect(new Set(names).size).toBe(names.length);
});
