import { expect, test } from 'vitest';
import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweep } from '../../test/sample-sweep.ts';
import { createRedactor } from '../redactor.ts';
import { REPORT_DATA_PLACEHOLDER, type ReportData } from './report-data.ts';
import { sweepHtml } from './sweep-html.ts';

const SHELL = `<!doctype html><script type="application/json">${REPORT_DATA_PLACEHOLDER}</script>`;
const RUN = {
  runDirectory: 'results/a run',
  shell: SHELL,
  redact: (text: string) => text,
};
const MIB = 2 ** 20;

const SWEEP = sampleSweep();
const LONG_SWEEP = sampleSweep({ durationMs: 120_000 });

test('a small sweep is in its file as a whole', () => {
  const data = dataIn(sweepHtml(SWEEP, RUN));
  expect(data).toMatchObject({ version: 1, condensed: [], runDirectory: 'results/a run' });
  expect(data.result.cells.map(({ id }) => id)).toEqual(SWEEP.cells.map(({ id }) => id));
  expect(data.result.cells.map(pointsOf)).toEqual(SWEEP.cells.map(pointsOf));
  expect(data.result.plan).toEqual(SWEEP.plan);
});

test('each situation has its answer and its best shape as libraries spell it', () => {
  const { answers } = dataIn(sweepHtml(SWEEP, RUN));
  expect(answers.map(({ sentence }) => sentence)).toEqual([
    expect.stringMatching(/^hot.*: 1 × \(1\+0\) answers /),
    expect.stringMatching(/^hold.*: .* answers /),
  ]);
  expect(answers[0]?.dialects).toContainEqual({
    dialect: 'sqlalchemy',
    code: 'create_engine(url, pool_size=1, max_overflow=0)',
    notes: [],
  });
});

test('200 cells of two minutes and three rounds stay below a MiB, all with charts', () => {
  const html = sweepHtml(repeated(LONG_SWEEP, 200), {
    ...RUN,
    // As large as the page may become.
    shell: `${' '.repeat(150_000)}${SHELL}`,
  });
  expect(Buffer.byteLength(html)).toBeLessThan(0.99 * MIB);
  const { result, condensed } = dataIn(html);
  expect(result.cells.filter(({ series }) => series !== null)).toHaveLength(200);
  expect(condensed).toEqual([
    expect.stringMatching(/charts over time put up to \d+ seconds together/),
  ]);
});

test('2,000 cells keep the charts of those that matter, and say which have none', () => {
  const result = repeated(SWEEP, 2_000);
  const data = dataIn(sweepHtml(result, RUN));
  expect(data.result.cells).toHaveLength(2_000);
  const charts = data.result.cells.filter(({ series }) => series !== null).map(({ id }) => id);
  const named = result.situations.flatMap(({ best, worst }) => [best, worst]);
  expect(charts).toEqual(expect.arrayContaining(named));
  expect(charts.length).toBeLessThan(100);
  expect(data.condensed).toContainEqual(expect.stringMatching(/of 2,000 cells are shown without/));
});

test('secrets go from the texts, and nothing of the file around them', () => {
  const { redact, register } = createRedactor();
  register('application');
  const damage = ['password = open', 'postgres://me:secret', 'me@host', 'application'];
  const html = sweepHtml({ ...SWEEP, damage }, { ...RUN, redact });
  expect(dataIn(html).result.damage).toEqual([
    'password = [redacted]',
    'postgres://me:secret',
    'me@host',
    '[redacted]',
  ]);
});

test('a page without exactly one place for the data is refused', () => {
  for (const shell of ['<!doctype html>', SHELL + SHELL]) {
    expect(() => sweepHtml(SWEEP, { ...RUN, shell })).toThrow('exactly one place');
  }
});

/** As large as a sweep of so many cells. */
function repeated(result: SweepResult, count: number): SweepResult {
  const cells = Array.from({ length: Math.ceil(count / result.cells.length) }, (_, copy) =>
    result.cells.map((cell) => ({ ...cell, id: copy === 0 ? cell.id : `${cell.id}-${copy}` })),
  );
  return { ...result, cells: cells.flat().slice(0, count) };
}

function dataIn(html: string): ReportData {
  const json = /<script type="application\/json">(?<json>[^<]*)<\/script>/.exec(html)?.groups;
  return JSON.parse(json?.['json'] ?? '') as ReportData;
}

function pointsOf({ series }: ReportData['result']['cells'][number]): number | undefined {
  return series?.okPerSecond.length;
}
