import { expect, test } from 'vitest';
import { expandCells } from '../../plan/sweep/cells.ts';
import { sweep } from '../../plan/sweep/test/parsed-sweep.ts';
import { panelText } from './cell-words.ts';

test('no two panels of a sweep have the same name', () => {
  const { plan } = sweep({
    poolKind: 'queue,null,plain',
    maxOverflow: '0,5',
    maxConnections: '50,100',
  });
  const names = expandCells(plan).map(({ variables }) => panelText(variables, null));
  expect(new Set(names).size).toBe(names.length);
});
