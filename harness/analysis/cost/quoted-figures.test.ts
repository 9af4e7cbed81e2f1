import { expect, test } from 'vitest';
import { quotedFigures } from './quoted-figures.ts';
import { summarizeCost } from './summarize-cost.ts';
import { MEMORY, sampleObservation } from './test/sample-observation.ts';

const RESULT = summarizeCost(sampleObservation());

const findingOf = (low: number, high: number, timesAreTooLong = false) =>
  quotedFigures(
    {
      ...RESULT,
      tls: { samples: 100, p50Ms: (low + high) / 2, p50Interval: { low, high }, p95Ms: null },
    },
    { timesAreTooLong },
  ).find(({ id }) => id === 'tls')?.finding;

test.each([
  ['within it', 6, 7, 'holds'],
  ['at both its ends', 5, 30, 'holds'],
  ['below it', 2, 4.9, 'less'],
  ['across its lower end', 4.9, 5.1, 'borderline'],
  ['across its upper end', 29, 31, 'borderline'],
  ['above it', 31, 40, 'more'],
] as const)('an interval %s is judged as a whole', (_, low, high, finding) => {
  expect(findingOf(low, high)).toBe(finding);
});

test.each([
  [2, 4.9, 'less'],
  [4.9, 5.1, 'doubtful'],
  [6, 7, 'doubtful'],
  [31, 40, 'doubtful'],
] as const)(
  'of times that are too long, %d–%d ms is told to be less alone',
  (low, high, finding) => {
    expect(findingOf(low, high, true)).toBe(finding);
  },
);

test.each([
  [6.6e6, 'less'],
  [6.7e6, 'holds'],
  [14.9e6, 'holds'],
  [15.1e6, 'more'],
] as const)(
  'a single figure holds within a factor of one and a half: %d bytes',
  (bytes, finding) => {
    const { memory } = summarizeCost(
      sampleObservation({ memory: { ...MEMORY, aged: { ...MEMORY.aged, pssBytes: bytes } } }),
    );
    expect(quotedFigures({ ...RESULT, memory }, { timesAreTooLong: true }).at(-1)).toMatchObject({
      id: 'memory',
      finding,
    });
  },
);
