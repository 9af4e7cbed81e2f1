import { expect, test } from 'vitest';
import {
  type SampleSweepOptions,
  sampleSweepResult,
  troubledSweepResult,
} from '../../analysis/sweep/test/sample-sweep.ts';
import { csvText } from './csv.ts';
import { SWEEP_CSV_HEADER, sweepCsv } from './sweep-csv.ts';

const HOT = { rounds: 1, axes: { workload: ['hot'] } } satisfies SampleSweepOptions;

/** RFC 4180, read strictly. */
function parseCsv(text: string): readonly (readonly string[])[] {
  expect(text.endsWith('\r\n')).toBe(true);
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    rows.at(-1)?.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

const rowsOf = (text: string): readonly ReadonlyMap<string, string>[] => {
  const [header = [], ...rows] = parseCsv(text);
  return rows.map((row) => new Map(header.map((name, index) => [name, row[index] ?? ''])));
};

const WHOLE = sampleSweepResult(HOT);

test('a line a cell in the order of the plan, under a header', () => {
  const result = WHOLE;
  const [header, ...rows] = parseCsv(sweepCsv(result));
  expect(header).toEqual(SWEEP_CSV_HEADER);
  expect(new Set(header).size).toBe(header?.length);
  expect(rows.map(([id]) => id)).toEqual(result.cells.map(({ id }) => id));
  expect(rows.every((row) => row.length === header?.length)).toBe(true);
});

test('numbers are not rounded, and the best cell of each situation is marked', () => {
  const result = WHOLE;
  const rows = rowsOf(sweepCsv(result));
  expect(rows.map((row) => Number(row.get('goodput_per_second')))).toEqual(
    result.cells.map(({ goodputPerSecond }) => goodputPerSecond?.value),
  );
  const best = rows.filter((row) => row.get('best') === 'true').map((row) => row.get('cell'));
  expect(best).toEqual(result.situations.map((situation) => situation.best));
});

test('what there is not is empty, never zero', () => {
  const [never] = rowsOf(sweepCsv(troubledSweepResult(HOT)));
  expect(never?.get('state')).toBe('not_measured');
  for (const name of ['verdict', 'rank', 'goodput_per_second', 'latency_ms_p99', 'bottleneck']) {
    expect(never?.get(name), name).toBe('');
  }
  expect(never?.get('fits')).toBe('true');
});

test('an unlimited overflow is −1, and its claim empty', () => {
  const result = sampleSweepResult({
    rounds: 1,
    axes: { ...HOT.axes, maxOverflow: [-1], workers: [1] },
  });
  const [row] = rowsOf(sweepCsv(result));
  expect(row?.get('max_overflow')).toBe('-1');
  expect(row?.get('connections_ceiling')).toBe('');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1'])(
  'the text %j is no formula for a spreadsheet',
  (text) => {
    expect(parseCsv(csvText(['a'], [[text]]))[1]).toEqual([`'${text}`]);
  },
);

test.each(['a,b', 'a"b', 'a\r\nb', 'a\nb', ' a ', '', 'ä – ★'])(
  'the text %j is read back as it was',
  (text) => {
    expect(parseCsv(csvText(['x', 'y'], [[text, 1]]))).toEqual([
      ['x', 'y'],
      [text, '1'],
    ]);
  },
);

test('a negative number stays a number', () => {
  expect(csvText(['a', 'b', 'c'], [[-1, null, false]])).toBe('a,b,c\r\n-1,,false\r\n');
});
