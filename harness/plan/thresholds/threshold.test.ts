import fc from 'fast-check';
import { expect, test } from 'vitest';
import { COMPARISONS, parseThreshold, printThreshold } from './threshold.ts';
import { FACT_NAMES, TRIAL_FACTS } from './threshold-facts.ts';

test.each([
  ['latency.p99<50ms', 'latency.p99<50ms'],
  ['latency.p99 <= 50 ms', 'latency.p99<=50ms'],
  ['  latency.p99  <  1.5s  ', 'latency.p99<1500ms'],
  ['latency.p95<500us', 'latency.p95<0.5ms'],
  ['latency.p95<500\u00b5s', 'latency.p95<0.5ms'],
  ['latency.p95<500\u03bcs', 'latency.p95<0.5ms'],
  ['latency.max<1min', 'latency.max<60000ms'],
  ['latency.max<1m', 'latency.max<60000ms'],
  ['latency.max<1h', 'latency.max<3600000ms'],
  ['loop.p99<=0', 'loop.p99<=0ms'],
  ['wait.p99==0', 'wait.p99==0ms'],
  ['errors.too_many_connections==0', 'errors.too_many_connections==0'],
  ['errors.rate<1%', 'errors.rate<0.01'],
  ['errors.rate<0.01', 'errors.rate<0.01'],
  ['errors.rate != 100 %', 'errors.rate!=1'],
  ['goodput>300/s', 'goodput>300/s'],
  ['goodput>300', 'goodput>300/s'],
  ['goodput>18000/min', 'goodput>300/s'],
  ['goodput>=720000/h', 'goodput>=200/s'],
  ['goodput>0.99*offered', 'goodput>0.99*offered'],
  ['goodput > offered * 99%', 'goodput>0.99*offered'],
  ['goodput==throughput', 'goodput==throughput'],
  ['pg.connections.peak<0.8*usable', 'pg.connections.peak<0.8*usable'],
  ['pg.connections.peak<80%*usable', 'pg.connections.peak<0.8*usable'],
  ['pg.connections.peak<1e2', 'pg.connections.peak<100'],
  ['pg.connections.peak<=usable', 'pg.connections.peak<=usable'],
  ['latency.p99<4*latency.p50', 'latency.p99<4*latency.p50'],
  ['cpu.postgres<0.9*cores', 'cpu.postgres<0.9*cores'],
  ['cpu.api<1.5', 'cpu.api<1.5'],
])('%j is understood as %s', (text, canonical) => {
  const parsed = parseThreshold(text);
  expect(parsed.ok ? printThreshold(parsed.value) : parsed.problem).toBe(canonical);
});

test('times are milliseconds, rates per second, shares parts of one', () => {
  expect(parseThreshold('latency.p99<0.2s')).toMatchObject({
    value: { unit: 'ms', side: { kind: 'number', value: 200 } },
  });
  expect(parseThreshold('goodput>60/min')).toMatchObject({
    value: { unit: 'per_second', side: { kind: 'number', value: 1 } },
  });
  expect(parseThreshold('pool.saturated<7%')).toMatchObject({
    value: { unit: 'share', side: { kind: 'number', value: 0.07 } },
  });
});

test.each([
  ['', 'is empty', 'write <fact><comparison><number or fact>'],
  ['   ', 'is empty', 'write <fact>'],
  [
    'latncy.p99<50ms',
    'unknown fact at character 1: latncy.p99 (did you mean latency.p99?)',
    'help',
  ],
  ['p99<50ms', 'unknown fact at character 1: p99 (did you mean latency.p99?)', 'help'],
  ['zebra<5', 'unknown fact at character 1: zebra', 'pool-lab run --help lists the facts'],
  ['usable>=0.5*usble', 'unknown fact at character 13: usble (did you mean usable?)', 'help'],
  ['Usable<5', 'unknown fact at character 1: Usable (did you mean usable?)', 'help'],
  ['latency.p99', 'compares with nothing', 'write <fact>'],
  ['latency.p99<', 'compares with nothing', 'write <fact>'],
  ['latency.p99 50ms', 'no comparison at character 13: 50ms', 'use one of < <= > >= == !='],
  ['latency.p99=50ms', 'no comparison at character 12: =', 'use one of'],
  ['latency.p99=<50ms', 'no comparison at character 12: =<', 'use one of'],
  ['latency.p99\u226450ms', '"\u2264" at character 12', 'write <='],
  ['50ms>latency.p99', 'begins with "50ms", which is not a fact', 'put the fact first'],
  ['<50ms', 'begins with "<"', 'write <fact>'],
  ['latency.p99<<50ms', 'no comparison at character 12: <<', 'use one of'],
  ['latency.p99<50', 'a time without a unit: 50 (50ms or 50s?)', 'its unit: 500us, 50ms'],
  ['latency.p99<50sec', 'unknown unit: sec', 'its unit: 500us, 50ms'],
  ['latency.p99<5%', 'compares a time with a share: 5%', 'its unit'],
  ['goodput<50ms', 'compares a rate with a time: 50ms', 'a number per second: 300/s'],
  ['usable<50ms', 'compares a count with a time: 50ms', 'a plain number'],
  ['cpu.api<50%', 'compares a number of cores with a share: 50%', 'a plain number'],
  ['errors.rate<5', 'a share above 100 %: 5', 'give 5% if that is meant'],
  ['errors.rate<101%', 'a share above 100 %: 101%', 'give 100% or less'],
  ['lost<1e999', 'is too large: 1e999', 'smaller'],
  ['latency.p99<1e308min', 'is too large: 1e308', 'smaller'],
  [
    'latency.p99<usable',
    'compares latency.p99, a time, with usable, a count',
    'that is a time too',
  ],
  ['usable<2*usable', 'compares usable with itself', 'another fact'],
  ['others<0.8 usable', 'lacks a * between 0.8 and usable', '0.8*usable'],
  ['others<0*usable', 'multiplies a fact by 0', 'above 0'],
  ['others<1e999*usable', 'multiplies a fact by 1e999', 'above 0'],
  ['goodput>2s*offered', 'multiplies a fact by something with a unit: 2s', '0.8*usable'],
  ['goodput>offered*throughput', 'multiplies offered by throughput', 'one number, one fact'],
  ['goodput>2*3', 'multiplies 2 by 3', 'one number, one fact'],
  ['goodput>2*', 'ends with *', '0.8*usable'],
  ['goodput>*offered', 'has "*" at character 9', 'write <fact>'],
  ['others<2*usable*2', 'has "*" at character 16', 'write <fact>'],
  ['others<usable 2', 'has "2" at character 15', 'write <fact>'],
  ['latency.p99<50ms<60ms', 'has "<" at character 17', 'one threshold for each comparison'],
  ['latency.p99==50ms', 'is exactly a number: latency.p99==', 'for a range two thresholds'],
  ['goodput!=5/s', 'is exactly a number: goodput!=', 'for a range two thresholds'],
  ['lost<-1', '"-" at character 6', 'no fact is ever negative'],
  ['lost<1,000', '"," at character 7', 'without thousands separators'],
  ['latency.p99<.5s', '"." at character 13', 'write a 0 before the point'],
  ['p(95)<500ms', '"(" at character 2', 'latency.p95'],
])('%j is refused: %s', (text, problem, remedy) => {
  expect(parseThreshold(text)).toEqual({
    ok: false,
    problem: expect.stringContaining(problem),
    remedy: expect.stringContaining(remedy),
  });
});

const number = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map(String),
  fc.double({ min: 1e-9, max: 1e9, noNaN: true }).map(String),
);
const UNIT_TEXTS: Readonly<Record<string, readonly string[]>> = {
  ms: ['us', '\u00b5s', 'ms', 's', 'm', 'min', 'h'],
  per_second: ['', '/s', '/min', '/h'],
  count: [''],
  share: ['%', ''],
  cores: [''],
};
const blank = fc.constantFrom('', ' ', '  ');

test('whatever is understood prints to a text that is understood as the same', () => {
  let understood = 0;
  const side = fc.oneof(
    fc.record({ number, unit: fc.nat() }),
    fc.record({ number, fact: fc.constantFrom(...FACT_NAMES), before: fc.boolean() }),
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...FACT_NAMES),
      fc.constantFrom(...COMPARISONS),
      side,
      blank,
      (fact, comparison, right, gap) => {
        const units = UNIT_TEXTS[TRIAL_FACTS.find(fact)?.unit ?? ''] ?? [];
        const text =
          'fact' in right
            ? (right.before
                ? [right.number, '*', right.fact]
                : [right.fact, '*', right.number]
              ).join(gap)
            : right.number + gap + units[right.unit % units.length];
        const parsed = parseThreshold([fact, comparison, text].join(gap));
        if (!parsed.ok) return;
        understood += 1;
        expect(parseThreshold(printThreshold(parsed.value))).toEqual(parsed);
      },
    ),
    { numRuns: 2_000 },
  );
  // Otherwise the property would hold of nothing.
  expect(understood).toBeGreaterThan(400);
});

test('whatever is written, it is understood or refused with a problem and a remedy', () => {
  const pieces = [
    ...FACT_NAMES,
    ...COMPARISONS,
    '*',
    '0.8',
    '50',
    'ms',
    '%',
    '/s',
    ' ',
    '=',
    '(',
    '-',
  ];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 8 }),
      (cut) => {
        const parsed = parseThreshold(cut.join(''));
        if (parsed.ok) return;
        expect(parsed.problem).not.toBe('');
        expect(parsed.remedy).not.toBe('');
      },
    ),
    { numRuns: 1_000 },
  );
});
