import { expect, test } from 'vitest';
import { roundsResultSchema, summarizeRounds } from '../analysis/estimates/rounds-result.ts';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { createPaint } from './paint.ts';
import { roundsJson } from './rounds-json.ts';
import { roundsTerminal } from './rounds-terminal.ts';
import { FITTING } from './test/sample-situations.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { visibleLength } from './text-layout.ts';

const round = (seed: number, changes: Partial<WatchedTrial> = {}): WatchedTrial => {
  const trial = sampleTrial({ ...FITTING, ...changes });
  return { ...trial, plan: { ...trial.plan, seed } };
};
const three = [
  round(1),
  round(2, { throughputPerSecond: 780, verdict: 'DEGRADED' }),
  round(3, { throughputPerSecond: 820 }),
];

function screen(
  rounds: readonly WatchedTrial[],
  roundsAsked = rounds.length,
  columns = 80,
): string {
  const { gates } = sampleTrial().plan;
  return roundsTerminal(summarizeRounds(rounds, { roundsAsked, gates }), {
    columns,
    paint: createPaint(false),
  });
}
const flat = (rounds: readonly WatchedTrial[], roundsAsked?: number): string =>
  screen(rounds, roundsAsked).replace(/\s+/g, ' ');

test('the first line says how often what was found, and the middle of it with its range', () => {
  expect(flat(three)).toMatch(
    /^FITS in 3 of 3 rounds; median \[lowest–highest\] 809 \[780–820\] right answers\/s, 790 \[790–790\] in time, p99 190 ms \[190 ms–190 ms\]/,
  );
  const refused = sampleTrial();
  expect(flat([refused, ...three])).toMatch(/^EXHAUSTED in 1, FITS in 3 of 4 rounds;/);
});

test('each round has its row, and the range stands below', () => {
  const rows = screen(three)
    .split('\n')
    .filter((line) => /^ {2}(\d |lowest|median|highest|apart)/.test(line))
    .map((line) => line.trim().split(/\s{2,}/));
  expect(rows).toEqual([
    ['1', '1', '809', '790', '38 ms', '190 ms', '0', 'VALID FITS'],
    ['2', '2', '780', '790', '38 ms', '190 ms', '0', 'DEGRADED FITS'],
    ['3', '3', '820', '790', '38 ms', '190 ms', '0', 'VALID FITS'],
    ['lowest', '780', '790', '38 ms', '190 ms'],
    ['median', '809', '790', '38 ms', '190 ms'],
    ['highest', '820', '790', '38 ms', '190 ms'],
    ['apart', '5.1 %', '0 %', '0 %', '0 %'],
  ]);
});

test('rounds of which one is three times another differ by more than all', () => {
  expect(flat([round(1), round(2, { throughputPerSecond: 3 * 809 })])).toMatch(/ apart 20\d %/);
});

test('a round that must not be believed takes the place of the numbers', () => {
  const late = { code: 'dispatch_late', grade: 'INVALID', detail: '60 ms', advice: 'a' } as const;
  const text = screen([round(1), round(2, { verdict: 'INVALID', caveats: [late] })]);
  expect(text).toMatch(
    /^INVALID in 1, FITS in 1 of 2 rounds, e\.g\. INVALID, not to be believed: 60 ms\n/,
  );
  expect(text).toMatch(/ {2}INVALID\n/);
});

test('rounds that were not run any more are said to be missing', () => {
  expect(flat([round(1)], 3)).toMatch(/^INCOMPLETE: FITS in 1 of 3 rounds; .* – right answers\/s/);
});

test('a threshold counts as met when every round met it', () => {
  const threshold = { expression: 'latency.p99<50ms', met: true, detail: '' };
  const met = round(1, { thresholds: [threshold] });
  const missed = round(2, { thresholds: [{ ...threshold, met: false }] });
  expect(flat([met, met])).toMatch(/^✓ latency\.p99<50ms in all of 2 rounds/);
  expect(flat([met, missed])).toMatch(/^✗ latency\.p99<50ms not in 1 of 2 rounds/);
});

test('doubts about single rounds and about all of them together are both told', () => {
  const late = { code: 'monitor_late', grade: 'DEGRADED', detail: '700 ms', advice: 'a' } as const;
  const text = flat([round(1, { caveats: [late] }), round(2, { throughputPerSecond: 1_600 })]);
  expect(text).toContain('VERDICT DEGRADED');
  expect(text).toContain('DEGRADED rounds_spread: throughput differs by 98 %');
  expect(text).toContain('· monitor_late in 1 of 2 rounds, e.g. 700 ms');
});

test('it ends with what carries over, and fits 80 columns', () => {
  expect(flat(three)).toMatch(/CARRIES OVER .* DOES NOT .* UNKNOWN .* shared by all\) $/);
  expect(Math.max(...screen(three).split('\n').map(visibleLength))).toBeLessThanOrEqual(80);
});

test('the JSON is what the published schema describes, every round in full', () => {
  const { gates } = sampleTrial().plan;
  const result = summarizeRounds(three, { roundsAsked: 3, gates });
  expect(roundsResultSchema.parse(JSON.parse(roundsJson(result)))).toEqual(result);
});
