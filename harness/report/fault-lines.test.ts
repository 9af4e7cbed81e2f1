import { expect, test } from 'vitest';
import type { WatchedTrial } from '../analysis/trial-result.ts';
import { faultLines } from './fault-lines.ts';
import { sampleTrial } from './test/sample-trial.ts';
import { trialHeadline } from './trial-headline.ts';

const FAULT: WatchedTrial['faults'][number] = {
  ...{ kind: 'stall', atMs: 1_000, durationMs: 500 },
  ...{ startedMs: 1_001, endedMs: 1_502, connections: 8, bytesLost: 0, bytesHeld: 2_048 },
  ...{ firstRightMs: 21, goodBeforePerSecond: 700, failed: 3 },
  goodputBackMs: { atLeast: 0, atMost: 1_498 },
};

const textOf = (
  fault: Partial<WatchedTrial['faults'][number]>,
  rest: Partial<WatchedTrial> = {},
): readonly string[] =>
  faultLines(sampleTrial({ ...rest, faults: [{ ...FAULT, ...fault }] })).map(({ text }) => text);

test.each<[Partial<WatchedTrial['faults'][number]>, string]>([
  [
    {},
    'stall@1s:500ms: at 1.00 s, for 501 ms; 8 connections held up, 2.0 KiB late; first right answer 21 ms after its end, goodput back within 1.50 s; 3 failed until then',
  ],
  [
    { kind: 'reset', durationMs: 0, endedMs: 1_001, bytesHeld: 0, connections: 1 },
    'reset@1s: at 1.00 s; 1 connection broken; first right answer 21 ms after it, goodput back within 1.50 s; 3 failed until then',
  ],
  [
    { kind: 'blackhole', bytesHeld: 0, bytesLost: 90, firstRightMs: null, goodputBackMs: null },
    'blackhole@1s:500ms: at 1.00 s, for 501 ms; 8 connections silenced for ever, 90 B lost; no request that began after it was answered right, goodput not back to the 700/s before; 3 failed until then',
  ],
  [
    { goodputBackMs: { atLeast: 1_498, atMost: 2_498 } },
    'stall@1s:500ms: at 1.00 s, for 501 ms; 8 connections held up, 2.0 KiB late; first right answer 21 ms after its end, goodput back after 1.50 s to 2.50 s; 3 failed until then',
  ],
  [{ startedMs: null, endedMs: null }, 'stall@1s:500ms: did not come, the run was over before'],
])('%j is told as it was', (fault, text) => {
  expect(textOf(fault)[0]?.replaceAll(' ', ' ')).toBe(text);
});

test('more sessions than the pools open are explained where connections were cut off', () => {
  const { connections, budget } = sampleTrial();
  const more = {
    connections: { ...connections, peakWorkers: (budget.predicted.ceiling ?? 0) + 3 },
  };
  expect(textOf({ kind: 'blackhole' }, more)).toHaveLength(2);
  expect(textOf({ kind: 'blackhole' }, more)[1]).toContain('lives on there');
  expect(textOf({ kind: 'stall' }, more)).toHaveLength(1);
  expect(textOf({ kind: 'blackhole', startedMs: null }, more)).toHaveLength(1);
});

test('the headline says that the trial was disturbed on purpose, where it was', () => {
  const headline = (faults: WatchedTrial['faults']): string =>
    trialHeadline(sampleTrial({ faults })).text;
  expect(headline([FAULT, { ...FAULT, atMs: 9_000, startedMs: null, endedMs: null }])).toMatch(
    /\. Disturbed on purpose: stall@1s:500ms$/,
  );
  expect(headline([{ ...FAULT, startedMs: null, endedMs: null }])).not.toContain('Disturbed');
  expect(headline([])).not.toContain('Disturbed');
});
