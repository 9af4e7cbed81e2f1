import { expect, test } from 'vitest';
import {
  measuredFake,
  type SampleSweepOptions,
  sampleSweepResult,
  troubledSweepResult,
} from '../../analysis/sweep/test/sample-sweep.ts';
import { invalidChanges } from '../../analysis/sweep/test/troubled-trials.ts';
import { junitXml } from './junit.ts';
import { sweepJunit } from './sweep-junit.ts';

const HOT: SampleSweepOptions = {
  rounds: 1,
  axes: { workload: ['hot'], maxOverflow: [0], workers: [1], poolSize: [1, 4, 16] },
};
const THRESHOLDS = ['latency.p99<50ms', 'goodput>=100/s'];

/** Every cell meets the first threshold but those named. */
function withThresholds(misses: readonly string[]): string {
  return sweepJunit(
    sampleSweepResult({
      ...HOT,
      thresholds: THRESHOLDS,
      trial: (cell, round) => {
        const trial = measuredFake(cell, round);
        if (trial.state === 'failed') return trial;
        const thresholds = THRESHOLDS.map((expression, index) => ({
          expression,
          met: index > 0 || !misses.includes(cell.id),
          detail: 'both numbers',
        }));
        return { ...trial, result: { ...trial.result, thresholds } };
      },
    }),
  );
}

test('a suite a cell and a case a threshold, after a suite about the sweep itself', () => {
  const xml = withThresholds([]);
  expect(namesOf(xml, 'testsuite')).toEqual([
    'sweep',
    'hot: 1 × (1+0) (c001)',
    'hot: 1 × (4+0) (c002)',
    'hot: 1 × (16+0) (c003)',
  ]);
  expect(totals(xml)).toEqual({ tests: 8, failures: 0, errors: 0, skipped: 0 });
  expect(xml).toContain('name="plan.sha256" value="a3f5');
  expect(xml).toContain('name="machine.cpu" value="a CPU"');
});

test('a cell that misses is skipped while another meets all, with the reason', () => {
  const xml = withThresholds(['c002']);
  expect(totals(xml)).toEqual({ tests: 8, failures: 0, errors: 0, skipped: 1 });
  expect(xml).toMatch(
    /<skipped\/>\s*<system-out><!\[CDATA\[not met, but 1 × \(1\+0\) meets all: both numbers/,
  );
});

test('when no cell meets all, each that misses is a failure', () => {
  const xml = withThresholds(['c001', 'c002', 'c003']);
  expect(totals(xml)).toEqual({ tests: 8, failures: 3, errors: 0, skipped: 0 });
  expect(xml).toContain('is not met, nor are all by any other cell: both numbers');
});

test('without thresholds a case says whether the cell may be believed', () => {
  const xml = sweepJunit(sampleSweepResult(HOT));
  expect(xml).toContain('name="1 × (1+0) (c001) may be believed"');
  expect(totals(xml)).toEqual({ tests: 5, failures: 0, errors: 0, skipped: 0 });
});

test('numbers that must not be believed prove nothing: an error, unless another cell proves it', () => {
  const invalid = (ids: readonly string[]): string =>
    sweepJunit(
      sampleSweepResult({
        ...HOT,
        trial: (cell, round) => {
          const trial = measuredFake(cell, round);
          if (trial.state === 'failed' || !ids.includes(cell.id)) return trial;
          return { ...trial, result: { ...trial.result, ...invalidChanges() } };
        },
      }),
    );
  expect(totals(invalid(['c001']))).toEqual({ tests: 5, failures: 0, errors: 0, skipped: 1 });
  expect(totals(invalid(['c001', 'c002', 'c003']))).toMatchObject({ errors: 3, skipped: 0 });
});

test('a cell that meets all in numbers that must not be believed excuses no other', () => {
  const xml = sweepJunit(
    sampleSweepResult({
      ...HOT,
      thresholds: THRESHOLDS,
      trial: (cell, round) => {
        const trial = measuredFake(cell, round);
        if (trial.state === 'failed') return trial;
        const met = cell.id === 'c001';
        const thresholds = THRESHOLDS.map((expression) => ({ expression, met, detail: '' }));
        const changes = met ? invalidChanges() : {};
        return { ...trial, result: { ...trial.result, ...changes, thresholds } };
      },
    }),
  );
  expect(totals(xml)).toMatchObject({ failures: 4, errors: 2, skipped: 0 });
});

test('failed trials and damaged files are errors, those still to come are skipped', () => {
  const xml = sweepJunit(troubledSweepResult());
  expect(xml).toMatch(
    /name="every trial was measured">\s*<error message="4 × POSTGRES_START_FAILED/,
  );
  expect(xml).toMatch(/name="every file of the run is whole">\s*<error message="trials\/c048-r2/);
  const begun = sweepJunit(sampleSweepResult({ ...HOT, trial: () => null }));
  expect(begun).toContain('3 of 3 trials still to be measured');
  expect(totals(begun)).toMatchObject({ errors: 0, failures: 0, skipped: 4 });
});

const HOSTILE = [
  '<a href="x">&amp;</a>',
  ']]>]]><testcase/>]]>',
  '"\' onload="x',
  'NUL \u0000 bell \u0007 esc \u001b[0m del \u007f',
  'lone \ud800 \udc00\udc00 surrogates \uffff \ufffe',
  'line\r\nbreak\ttab',
];

const hostileJunit = (hostile: string): string =>
  sweepJunit(
    troubledSweepResult({ rounds: 1, axes: { workload: ['hot'], maxOverflow: [0] }, hostile }),
  );
const TWIN = hostileJunit('x');

test.each(HOSTILE)('the XML stays whole whatever a text has in it: %j', (hostile) => {
  const xml = hostileJunit(hostile);
  expectWellFormed(xml);
  // The same elements as with a harmless text.
  expect(elementsOf(xml)).toEqual(elementsOf(TWIN));
});

test('no text turns what follows it', () => {
  const xml = hostileJunit('a\u202egnp.exe');
  expect(xml).toContain('a\ufffdgnp.exe');
  expect(xml).not.toContain('\u202e');
});

test('names and properties are escaped, timestamps are those of the result', () => {
  const xml = junitXml('<r>', [
    {
      name: '"s"',
      timestamp: '2026-01-02T03:00:00.000Z',
      properties: { 'a&b': '<c>' },
      cases: [
        { className: 'x', name: '<y>', outcome: { kind: 'failed', message: 'a < b' }, output: '' },
        {
          className: 'x',
          name: 'z',
          outcome: { kind: 'skipped', reason: ']]>]]>]]><a/>' },
          output: ']]>]]><b/>',
        },
      ],
    },
  ]);
  expectWellFormed(xml);
  expect(elementsOf(xml)).not.toEqual(expect.arrayContaining(['a']));
  expect(elementsOf(xml)).not.toEqual(expect.arrayContaining(['b']));
  expect(xml).toContain('timestamp="2026-01-02T03:00:00.000Z"');
  expect(xml).toContain('<property name="a&amp;b" value="&lt;c>"/>');
  expect(xml).toContain('<failure message="a &lt; b" type="threshold"/>');
});

function namesOf(xml: string, element: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${element} name="([^"]*)"`, 'g'))].map(
    ([, name = '']) => name,
  );
}

function totals(xml: string) {
  const root = /<testsuites [^>]*>/.exec(xml)?.[0] ?? '';
  const read = (name: string): number => Number(new RegExp(`${name}="(\\d+)"`).exec(root)?.[1]);
  return {
    tests: read('tests'),
    failures: read('failures'),
    errors: read('errors'),
    skipped: read('skipped'),
  };
}

const TOKEN =
  /<\?xml[^>]*\?>|<!\[CDATA\[[\s\S]*?\]\]>|<\/([\w-]+)>|<([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/?)>|[^<]+/g;

function elementsOf(xml: string): readonly string[] {
  return [...xml.matchAll(TOKEN)].flatMap(([, , name]) => name ?? []);
}

/** Every character belongs to a token, tags are balanced, and all of it is XML 1.0's. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  let read = 0;
  for (const match of xml.matchAll(TOKEN)) {
    expect(match.index).toBe(read);
    read += match[0].length;
    const [, closed, opened, , empty] = match;
    if (closed !== undefined) expect(open.pop()).toBe(closed);
    if (opened !== undefined && empty === '') open.push(opened);
    // Between tags an ampersand begins an entity.
    if (!match[0].startsWith('<![')) {
      expect(match[0].replace(/&(amp|lt|gt|quot|apos|#x?[\dA-Fa-f]+);/g, '')).not.toContain('&');
    }
  }
  expect(read).toBe(xml.length);
  expect(open).toEqual([]);
  expect(xml.isWellFormed()).toBe(true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
  expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
}
