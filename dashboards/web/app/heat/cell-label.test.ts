import { expect, test } from 'vitest';
import type { Cell, Situation } from '../sweep-types.ts';
import { cellLabel, standingOf } from './cell-label.ts';
import { MEASURE } from './measures.ts';

/** Of a cell only what its label tells. */
const cell = (variables: Partial<Cell['variables']>, goodput: number | null = 812): Cell =>
  ({
    id: 'c001',
    state: 'usable',
    variables: { workers: 4, poolKind: 'queue', poolSize: 8, ...variables },
    rounds: [],
    goodputPerSecond: goodput === null ? null : { value: goodput, interval: null },
  }) as unknown as Cell;

const situation = { best: 'c001', notDistinguishable: ['c002'] } as unknown as Situation;

const label = (of: Cell, rest: Partial<Parameters<typeof cellLabel>[0]> = {}): string =>
  cellLabel({ cell: of, measure: MEASURE.goodput, standing: null, fit: null, ...rest });

test('a label says in words all that a cell shows', () => {
  expect(label(cell({}), { standing: 'best', fit: { fits: true, fitsDuringRollout: false } })).toBe(
    '4 workers, pool size 8; 812 answers in time per second; best; over the budget during a rolling deploy',
  );
});

test('a rounded number is named as it is shown too, so that who speaks it finds the cell', () => {
  expect(label(cell({}, 1_646))).toContain('1,646 answers in time per second, shown as 1.6k');
});

test.each([
  { variables: { poolSize: 0 }, words: 'pool size unlimited' },
  { variables: { poolKind: 'null' }, words: '4 workers, no pool;' },
] as const)('$words is not called by its number', ({ variables, words }) => {
  expect(label(cell(variables))).toContain(words);
});

test('what has no value says so', () => {
  expect(label(cell({}, null))).toBe('4 workers, pool size 8; no value');
});

test('what an overloaded cell answered is shown, as the terminal does', () => {
  const round = { state: 'measured', verdict: 'VALID', wholeRunGoodputPerSecond: 300 };
  const overloaded = { ...cell({}, null), rounds: [round] } as unknown as Cell;
  expect(label(overloaded)).toContain('; 300 answers in time per second');
});

test('the standing of a usable cell is its rank, of any other what is wrong with it', () => {
  expect(standingOf(cell({}), situation)).toBe('best');
  expect(standingOf({ ...cell({}), id: 'c002' }, situation)).toBe('alike');
  expect(standingOf({ ...cell({}), id: 'c003' }, situation)).toBeNull();
  expect(standingOf({ ...cell({}), state: 'exhausted' }, situation)).toBe('exhausted');
});
