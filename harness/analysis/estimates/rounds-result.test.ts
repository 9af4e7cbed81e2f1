import { expect, test } from 'vitest';
import { GATE_DEFAULTS } from '../../plan/gates.ts';
import { sampleTrial } from '../../report/test/sample-trial.ts';
import { summarizeRounds } from './rounds-result.ts';

const round = (throughputPerSecond: number | null, p50 = 38) => {
  const trial = sampleTrial();
  return {
    ...trial,
    throughputPerSecond,
    latencyMs: { ...trial.latencyMs, ok: { ...trial.latencyMs.ok, p50 } },
  };
};
const options = { roundsAsked: 3, gates: GATE_DEFAULTS };

test('what the rounds have in common is their median and their range', () => {
  const { spread, verdict, caveats } = summarizeRounds(
    [round(800), round(790), round(820)],
    options,
  );
  expect(spread.throughputPerSecond).toEqual({
    min: 790,
    median: 800,
    max: 820,
    spread: expect.closeTo(30 / 790, 9),
  });
  expect({ verdict, caveats }).toEqual({ verdict: 'VALID', caveats: [] });
});

test('rounds that lie too far apart are doubted together', () => {
  const result = summarizeRounds([round(800, 38), round(800, 60), round(800, 40)], options);
  expect(result.verdict).toBe('DEGRADED');
  expect(result.caveats).toMatchObject([
    { code: 'rounds_spread', detail: expect.stringContaining('median latency differs by 58 %') },
  ]);
  const wide = { ...options, gates: { ...GATE_DEFAULTS, roundsSpread: 0.6 } };
  expect(summarizeRounds([round(800, 38), round(800, 60)], wide).verdict).toBe('VALID');
});

test('rounds are worth no more than the worst of them', () => {
  const invalid = {
    ...round(800),
    caveats: [{ code: 'law_broken', grade: 'INVALID', detail: '3 = 4', advice: 'a' }],
  } as const;
  const result = summarizeRounds(
    [round(800), { ...invalid, caveats: [...invalid.caveats] }],
    options,
  );
  expect(result.verdict).toBe('INVALID');
});

test('one round that withheld its number withholds the range', () => {
  const { spread } = summarizeRounds([round(800), round(null), round(820)], options);
  expect(spread.throughputPerSecond).toBeNull();
  expect(spread.latencyMsP50).not.toBeNull();
});
