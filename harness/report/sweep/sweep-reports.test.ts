import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweepResult, troubledSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { seededRandom } from '../../seeded-random.ts';
import { createPaint } from '../paint.ts';
import { sweepCsv } from './sweep-csv.ts';
import { sweepJson } from './sweep-json.ts';
import { sweepJunit } from './sweep-junit.ts';
import { sweepMarkdown } from './sweep-markdown.ts';
import { sweepTerminal } from './sweep-terminal.ts';
import { sparseSweep } from './test/sparse-sweep.ts';

const terminal = (result: SweepResult): string =>
  sweepTerminal(result, { columns: 80, paint: createPaint(false), directory: 'runs/mine' });
const REPORTS: Readonly<Record<string, (result: SweepResult) => string>> = {
  terminal,
  markdown: (result) => sweepMarkdown(result, { directory: 'runs/mine' }),
  csv: sweepCsv,
  junit: sweepJunit,
};
const SMALL = { axes: { workers: [1, 4], poolSize: [0, 1, 32], maxOverflow: [0, -1] } };

test('whatever is missing, no report shows what is no value', () => {
  const results = [sampleSweepResult(SMALL), troubledSweepResult(SMALL)];
  fc.assert(
    fc.property(fc.constantFrom(...results), fc.nat(), (result, seed) => {
      const sparse = sparseSweep(result, seededRandom(seed));
      for (const [name, report] of Object.entries(REPORTS)) {
        expect(report(sparse), name).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/);
      }
    }),
    { numRuns: 40, seed: 1 },
  );
});

test.each([
  ['nothing was measured', sampleSweepResult({ ...SMALL, trial: () => null })],
  [
    'one cell',
    sampleSweepResult({
      rounds: 1,
      axes: { workload: ['hot'], workers: [1], poolSize: [1], maxOverflow: [0] },
    }),
  ],
  ['no pool at all', sampleSweepResult({ axes: { poolKind: ['null'], workers: [1, 2] } })],
])('every report is written when %s', (_, result) => {
  for (const [name, report] of Object.entries(REPORTS)) {
    // The pool kind is called so.
    const text = report(result).replaceAll(',null,', ',');
    expect(text, name).not.toMatch(/\b(NaN|undefined|null|Infinity)\b|\[object/);
  }
});

test('all reports of 2,000 cells are written in a few seconds', () => {
  const few = sampleSweepResult({
    rounds: 1,
    axes: { workload: ['hot'], workers: [1, 2], poolSize: [1, 2, 3, 4, 5], maxOverflow: [0] },
  });
  const result = repeated(few, 200);
  expect(result.cells).toHaveLength(2_000);
  const startedAt = performance.now();
  for (const report of [...Object.values(REPORTS), sweepJson]) {
    expect(report(result).length).toBeGreaterThan(10_000);
  }
  // Measured: 0.3 s. Quadratic cost would be minutes.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

/** The same cells again and again, each time in a situation of their own. */
function repeated(result: SweepResult, times: number): SweepResult {
  const copies = Array.from({ length: times }, (_, index) => {
    const renamed = (id: string): string => `${id}-${index}`;
    const optional = (id: string | null): string | null => (id === null ? null : renamed(id));
    return {
      cells: result.cells.map((cell) => ({ ...cell, id: renamed(cell.id) })),
      situations: result.situations.map((situation) => ({
        ...situation,
        cells: situation.cells.map(renamed),
        best: optional(situation.best),
        worst: optional(situation.worst),
        notDistinguishable: situation.notDistinguishable.map(renamed),
        panels: situation.panels.map((panel) => ({
          ...panel,
          cells: panel.cells.map((row) => row.map(optional)),
        })),
      })),
    };
  });
  return {
    ...result,
    cells: copies.flatMap(({ cells }) => cells),
    situations: copies.flatMap(({ situations }) => situations),
  };
}
