import { expect, test } from 'vitest';
import { compareCells } from '../../analysis/comparison/compare-cells.ts';
import type { CellsComparison } from '../../analysis/comparison/comparison-result.ts';
import { differencesBetween } from '../../analysis/comparison/differences.ts';
import { type GivenCell, measuredCell } from '../../analysis/comparison/test/measured-cell.ts';
import { createPaint } from '../paint.ts';
import { comparisonTerminal } from './comparison-terminal.ts';

const plain = { columns: 80, paint: createPaint(false) };

function shown(left: GivenCell, right: GivenCell, changes: Partial<CellsComparison> = {}): string {
  const cells = [measuredCell(left), measuredCell({ id: 'c002', ...right })] as const;
  const comparison: CellsComparison = {
    schemaVersion: 1,
    state: 'cells',
    forced: false,
    undeclared: [...differencesBetween(...cells).undeclared],
    pair: compareCells(...cells, { bootstrap: true }),
    ...changes,
  };
  return comparisonTerminal(comparison, { environment: cells[0].environment, style: plain });
}

const small = { flags: { poolSize: '4' }, rounds: [1340, 1352, 1329] };
const large = { flags: { poolSize: '50' }, rounds: [1000, 1010, 990] };

test('the sentence comes first, then what it rests on', () => {
  const [first, ...rest] = shown(small, large).split('\n\n');
  expect(first).toBe('1 × (4+0) answers 1.34 [1.34–1.35] times as much as 1 × (50+0)');
  const text = rest.join('\n\n');
  expect(text).toContain('A             1 × (4+0) in a run#c001');
  expect(text).toContain('DIFFERS       pool-size 4 against 50');
  expect(text).toContain('PAIRS         3 rounds that both have, measured in turns in one run');
  expect(text).toMatch(/in time\/s {2}1,340 \[1,312–1,369\] +1,000 \[\S+\] {2}1.34 \[1.34–1.35\]/);
  expect(text).toMatch(/failed +0 % +0 %/);
  expect(text).toMatch(/can open +4 +50/);
  expect(text).toContain('CARRIES OVER');
});

test('the table turns with the sentence, and its letters stay', () => {
  const text = shown({ ...large, id: 'c002' }, { ...small, id: 'c001' });
  expect(text).toMatch(/^ +B +A +B \/ A$/m);
  expect(text).toMatch(/in time\/s {2}1,340 .* {2}1.34 \[1.34–1.35\]/);
  expect(text).toContain('FOUND         B against A');
});

test('what is not comparable stands above everything else', () => {
  const text = shown(small, { ...large, environment: { cores: 64 } }, { forced: true });
  expect(text).toMatch(/^NOT COMPARABLE, compared by force: environment cores 2 against 64\./);
});

test('nothing configured differs: that is an A/A comparison', () => {
  const text = shown(small, { ...small, run: 'another' });
  expect(text).toContain('an A/A comparison');
  expect(text).toContain('not_interleaved');
});

test.each([
  [
    'an exhausted side',
    small,
    { ...large, rounds: [1, 2, 3].map(() => ({ goodput: 900, refused: 99_000 })) },
  ],
  ['one round', { ...small, rounds: [1] }, { ...large, rounds: [2] }],
  ['no number', { ...small, rounds: [0, 0] }, large],
  [
    'a left-out round',
    { ...small, rounds: [1340, 1352, { goodput: 1, verdict: 'INVALID' }] },
    large,
  ],
  ['no limits', { ...small, flags: { poolSize: '0', maxOverflow: '-1' } }, large],
] satisfies [string, GivenCell, GivenCell][])(
  '%s fits into 80 columns and says nothing of null',
  (_, left, right) => {
    const text = shown(left, right);
    expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
    for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
  },
);

test('a name with escape sequences does not reach the terminal', () => {
  const text = shown({ ...small, run: 'dir\u001b[31m\n' }, large);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
  expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
