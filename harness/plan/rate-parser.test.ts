import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printStages, rate, stages } from './rate-parser.ts';

const ratesTo1000 = rate({ maxPerSecond: 1_000 });
const stagesTo1000 = stages({ maxPerSecond: 1_000, countMax: 5, durationMsMax: 60_000 });

test.each([
  ['300', 300],
  ['300/s', 300],
  ['18000/min', 300],
  ['18000/m', 300],
  ['3600/h', 1],
  [' 0.5/s ', 0.5],
])('%j is %d arrivals per second', (text, perSecond) => {
  expect(ratesTo1000.parse([text])).toEqual({ ok: true, value: perSecond });
});

test('a printed rate reads back as itself, thirds of a second too', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60_000 }), (perMinute) => {
      const parsed = ratesTo1000.parse([`${perMinute}/min`]);
      expect(parsed.ok && ratesTo1000.parse([ratesTo1000.print(parsed.value)])).toEqual(parsed);
    }),
  );
});

test('printed stages read back as themselves, ramps and pauses too', () => {
  const perSecond = fc.integer({ min: 0, max: 1_000 });
  const stage = fc.record({
    fromPerSecond: perSecond,
    toPerSecond: perSecond,
    durationMs: fc.integer({ min: 1, max: 12_000 }),
  });
  fc.assert(
    fc.property(fc.array(stage, { minLength: 1, maxLength: 5 }), (all) => {
      fc.pre(all.some(({ fromPerSecond, toPerSecond }) => fromPerSecond + toPerSecond > 0));
      expect(stagesTo1000.parse([printStages(all)])).toEqual({ ok: true, value: all });
    }),
  );
});
