import { expect, test } from 'vitest';
import { createPaint } from './paint.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { trialTerminal } from './trial-terminal.ts';
import { thresholdText } from './trial-threshold-lines.ts';

const STYLE = { columns: 80, paint: createPaint(false) };
const MET = { expression: 'latency.p99<50ms', met: true, detail: '41.2 ms < 50 ms' };
const MISSED = {
  expression: 'pg.connections.peak<0.8*usable',
  met: false,
  detail: '26 ≥ 20.8 = 0.8 × 26',
};

test('what was asked for comes first, with both numbers, then the answer', () => {
  const lines = trialTerminal(sampleTrial({ thresholds: [MET, MISSED] }), STYLE).split('\n');
  expect(lines.slice(0, 4)).toEqual([
    '✓ latency.p99<50ms                41.2 ms < 50 ms',
    '✗ pg.connections.peak<0.8*usable  26 ≥ 20.8 = 0.8 × 26',
    '',
    expect.stringMatching(/^EXHAUSTED/),
  ]);
});

test('where nothing was asked for the answer comes first', () => {
  expect(thresholdText([sampleTrial()], STYLE)).toBe('');
  expect(trialTerminal(sampleTrial(), STYLE)).toMatch(/^EXHAUSTED/);
});

test('a mark is green or red, and says the same without colour', () => {
  const colored = { columns: 80, paint: createPaint(true) };
  const text = thresholdText([{ thresholds: [MET, MISSED] }], colored);
  expect(text).toContain('\u001b[32m✓');
  expect(text).toContain('\u001b[31m✗');
});

test('a long expression has its numbers below, within the width', () => {
  const long = {
    expression: 'attempts.errors.too_many_connections<0.01*attempts.errors.statement_timeout',
    met: false,
    detail: 'no number for anything: a reason that goes on for more than the rest of the line',
  };
  const lines = thresholdText([{ thresholds: [MET, long] }], STYLE).split('\n');
  expect(lines[0]).toBe('✓ latency.p99<50ms: 41.2 ms < 50 ms');
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
});

test('of several rounds every one must meet it, and one that does not is shown', () => {
  const missed = { ...MET, met: false, detail: '71.3 ms ≥ 50 ms' };
  const rounds = [{ thresholds: [MET] }, { thresholds: [missed] }, { thresholds: [MET] }];
  expect(thresholdText(rounds, STYLE)).toBe(
    '✗ latency.p99<50ms  not in 1 of 3 rounds, e.g. 71.3 ms ≥ 50 ms',
  );
  expect(thresholdText([{ thresholds: [MET] }, { thresholds: [MET] }], STYLE)).toBe(
    '✓ latency.p99<50ms  in all of 2 rounds, e.g. 41.2 ms < 50 ms',
  );
});
