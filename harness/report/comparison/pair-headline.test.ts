import { expect, test } from 'vitest';
import { compareCells } from '../../analysis/comparison/compare-cells.ts';
import { type GivenCell, measuredCell } from '../../analysis/comparison/test/measured-cell.ts';
import { pairHeadline } from './pair-headline.ts';

const SMALL = { workers: '4', poolSize: '4' };
const LARGE = { workers: '4', poolSize: '20' };
const headline = (left: GivenCell, right: GivenCell): string =>
  pairHeadline(
    compareCells(measuredCell(left), measuredCell({ id: 'c002', ...right }), { bootstrap: true }),
  );

test('the faster side comes first, whichever was named first', () => {
  const small = { flags: SMALL, rounds: [1340, 1352, 1329] };
  const large = { flags: LARGE, rounds: [1000, 1005, 995] };
  const sentence = '4 × (4+0) answers 1.34 [1.33–1.35] times as much as 4 × (20+0)';
  expect(headline(small, large)).toBe(sentence);
  expect(headline({ ...large, id: 'c002' }, { ...small, id: 'c001' })).toBe(sentence);
});

test('a faster side that misses a threshold is said to before its ratio', () => {
  const changes = { thresholds: [{ expression: 'latency.p99<9ms', met: false, detail: '' }] };
  const faster = [1340, 1352, 1329].map((goodput) => ({ goodput, changes }));
  expect(
    headline({ flags: SMALL, rounds: faster }, { flags: LARGE, rounds: [1000, 1005, 995] }),
  ).toBe(
    '4 × (4+0) MISSES a threshold; 4 × (4+0) answers 1.34 [1.33–1.35] times as much as 4 × (20+0)',
  );
});

test('the tail is named where it differs', () => {
  const early = [58, 60, 62].map((p99) => ({ goodput: 1340, p99 }));
  const late = [58, 60, 62].map((p99) => ({ goodput: 1000, p99: 3 * p99 }));
  expect(headline({ flags: SMALL, rounds: early }, { flags: LARGE, rounds: late })).toBe(
    '4 × (4+0) answers 1.34 [1.34–1.34] times as much as 4 × (20+0), with 0.33 [0.33–0.33] times its p99',
  );
});

test('what cannot be told apart says how many pairs would', () => {
  // Log ratios of mean 0.12 and standard deviation 0.1 in three pairs: six would do.
  const left = [0.02, 0.12, 0.22].map((x) => 1000 * Math.exp(x));
  expect(
    headline({ flags: SMALL, rounds: left }, { flags: LARGE, rounds: [1000, 1000, 1000] }),
  ).toBe(
    'not distinguishable: 4 × (4+0) and 4 × (20+0) (1.13 [0.88–1.45]); 3 more pairs like these would tell',
  );
});

test('means a factor of two apart are not called alike, however much the rounds differ', () => {
  expect(
    headline({ flags: SMALL, rounds: [1000, 1010] }, { flags: LARGE, rounds: [250, 410] }),
  ).toMatch(
    /^4 × \(4\+0\) answers 3\.\d+ \[.*\] times as much as 4 × \(20\+0\) on average; the rounds differ too much to be sure, \d more pairs? like these would tell$/,
  );
  expect(
    headline({ flags: SMALL, rounds: [1000, 1010] }, { flags: LARGE, rounds: [600, 900] }),
  ).toMatch(/^not distinguishable: /);
});

test('the same for fewer connections is to be preferred', () => {
  expect(
    headline(
      { flags: LARGE, rounds: [1000, 1001, 999] },
      { flags: SMALL, rounds: [1000, 1000, 1000] },
    ),
  ).toBe(
    'equivalent: 4 × (4+0) answers 1.000 [0.998–1.002] times as much as 4 × (20+0); prefer 4 × (4+0): fewer connections',
  );
});

test('refusals are said before any ratio, and fast refusals win nothing', () => {
  const refused = Array.from({ length: 3 }, () => ({ goodput: 2000, refused: 5000 }));
  expect(
    headline({ flags: LARGE, rounds: refused }, { flags: SMALL, rounds: [1000, 1000, 1000] }),
  ).toBe(
    '4 × (20+0) is EXHAUSTED (15,000 refused, 20 % of its requests failed); 4 × (20+0) answers 2.0 [2.0–2.0] times as much as 4 × (4+0); prefer 4 × (4+0)',
  );
});

test('one round each claims nothing', () => {
  expect(headline({ flags: SMALL, rounds: [1340] }, { flags: LARGE, rounds: [1000] })).toBe(
    'one round each, so not judged: 4 × (4+0) answered 1.34 times as much as 4 × (20+0), their own intervals lie apart; with two rounds or more it can be',
  );
});

test('sides of the same shape are told apart by what differs', () => {
  const left = { flags: { ...SMALL, maxConnections: '60' }, rounds: [1340, 1352, 1329] };
  expect(headline(left, { flags: SMALL, rounds: [1000, 1005, 995] })).toMatch(
    /^4 × \(4\+0\) at max-connections 60 answers .* as 4 × \(4\+0\) at max-connections 100$/,
  );
});

test('and by their letters where nothing does', () => {
  const rounds = [1000, 1100, 900];
  expect(
    headline({ flags: SMALL, rounds, run: 'one' }, { flags: SMALL, rounds: [1000, 1000, 1000] }),
  ).toMatch(/^not distinguishable: B's 4 × \(4\+0\) and A's 4 × \(4\+0\) /);
});

test('a side that answers nothing in time has no ratio', () => {
  expect(
    headline({ flags: SMALL, rounds: [0, 0, 0] }, { flags: LARGE, rounds: [1000, 1000, 1000] }),
  ).toBe(
    '4 × (4+0) answers NOTHING right; no ratio: 4 × (4+0) answered nothing in time in some round; prefer 4 × (20+0)',
  );
});

test('a difference between two of the same is said to be none of theirs', () => {
  const slow = { flags: SMALL, rounds: [1000, 1005, 995] };
  const fast = { flags: SMALL, rounds: [1340, 1352, 1329], run: 'another' };
  expect(headline(fast, slow)).toBe(
    "nothing that was configured differs, so the machine changed, or it is noise: A's 4 × (4+0) answers 1.34 [1.33–1.35] times as much as B's 4 × (4+0)",
  );
});

test('a difference between runs at different times is said to have their drift in it', () => {
  const small = { flags: SMALL, rounds: [1340, 1352, 1329], run: 'another' };
  const large = { flags: LARGE, rounds: [1000, 1005, 995] };
  expect(headline(small, large)).toBe(
    '4 × (4+0) answers 1.34 [1.33–1.35] times as much as 4 × (20+0); what changed on the machine between the two runs is in it',
  );
});
