import { expect, test } from 'vitest';
import type { Cell } from '../sweep-types.ts';
import { caveatsFound } from './caveats-found.ts';

/** Of a cell only what is looked at. */
const cell = (id: string, ...caveats: Cell['caveats']): Cell => ({ id, caveats }) as Cell;

const spread = { code: 'rounds_spread', grade: 'DEGRADED', detail: '14 %', rounds: [1] } as const;
const law = { code: 'law_broken', grade: 'INVALID', detail: '2 ≠ 3', rounds: [2] } as const;
const caveat = (of: typeof spread | typeof law): Cell['caveats'][number] => ({
  ...of,
  rounds: [...of.rounds],
});

test('a reason that many cells have stands once, the gravest before the most frequent', () => {
  const found = caveatsFound({
    cells: [
      cell('c001', caveat(spread)),
      cell('c002', caveat(spread), caveat(law)),
      cell('c003', caveat(spread)),
    ],
    advice: { rounds_spread: 'measure longer' },
  });
  expect(found).toEqual([
    { code: 'law_broken', grade: 'INVALID', cells: ['c002'], example: '2 ≠ 3', advice: null },
    {
      code: 'rounds_spread',
      grade: 'DEGRADED',
      cells: ['c001', 'c002', 'c003'],
      example: '14 %',
      advice: 'measure longer',
    },
  ]);
});
