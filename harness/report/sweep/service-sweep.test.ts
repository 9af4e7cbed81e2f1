import { expect, test } from 'vitest';
import type { CellResult, SweepResult } from '../../analysis/sweep/sweep-result.ts';
import { sampleSweepResult } from '../../analysis/sweep/test/sample-sweep.ts';
import { sweepReportData } from '../html/sweep-report-data.ts';
import { createPaint } from '../paint.ts';
import { SAMPLE_SERVICE } from '../test/service-trial.ts';
import { agreementOf } from './agreement.ts';
import { sweepCsv } from './sweep-csv.ts';
import { sweepMarkdown } from './sweep-markdown.ts';
import { sweepTerminal } from './sweep-terminal.ts';
import { viewSweep } from './sweep-view.ts';

type CellBudget = NonNullable<CellResult['budget']>;

/** A sweep of a service, each cell of which is changed in the same way. */
function serviceSweep(
  change: Partial<CellBudget> = {},
  cellChange: Partial<CellResult> = {},
): SweepResult {
  const result = sampleSweepResult({ rounds: 1, axes: { workload: ['requests'] } });
  const { plan } = result;
  return {
    ...result,
    plan: { ...plan, base: { ...plan.base, service: SAMPLE_SERVICE } },
    unseen: ['Where the time of an answer went is not known.'],
    cells: result.cells.map((cell) => ({
      ...cell,
      ...cellChange,
      budget: cell.budget === null ? null : { ...cell.budget, ...change },
    })),
  };
}

const COMMAND = 'uvicorn app:app --port {port} --workers {workers}';
const DIRECTORY = 'runs/one';

test('every report says whose service was measured, and what of it is not known', () => {
  const result = serviceSweep();
  const style = { columns: 100, paint: createPaint(false), directory: DIRECTORY };
  const terminal = sweepTerminal(result, style).replace(/\s+/g, ' ');
  expect(terminal).toContain(`SERVICE ${COMMAND} DB_POOL_SIZE={poolSize}`);
  expect(terminal).toContain('NOT SEEN Where the time of an answer went is not known.');
  expect(terminal).not.toContain('busiest worker');
  expect(terminal).toContain('create_engine(');

  const markdown = sweepMarkdown(result, { directory: DIRECTORY });
  expect(markdown).toContain('**service**: uvicorn');
  expect(markdown).toContain('**not seen**: Where the time');

  const { carriesOver } = sweepReportData(result, { runDirectory: null });
  expect(carriesOver).toContainEqual({ label: 'SERVICE', text: expect.stringContaining(COMMAND) });
  expect(carriesOver).toContainEqual({ label: 'NOT SEEN', text: result.unseen[0] });
  expect(new Set(carriesOver.map(({ label }) => label)).size).toBe(carriesOver.length);
});

test('cells in which refusals could not be seen are no agreement', () => {
  const { text, disagreements } = agreementOf(
    viewSweep(serviceSweep({ refusalsVisible: false, observedRefusals: false, agrees: true })),
  );
  expect(text).toBe('whether any were refused is not seen: see NOT SEEN');
  expect(disagreements).toEqual([]);
});

test('cells of a service that opened no connection are no agreement', () => {
  const silent = { connections: { peakWorkers: 0, peakAll: 1 } };
  const budget = { predictedRefusals: true, observedRefusals: false, agrees: true };
  const textOf = (result: SweepResult) => agreementOf(viewSweep(result)).text;
  expect(textOf(serviceSweep(budget, silent))).toBe(
    'nothing was put to the test: the service opened no connection',
  );
  expect(textOf(serviceSweep({ observedRefusals: true, agrees: true }, silent))).toMatch(
    /^\d+ of \d+ cells? went as/,
  );
});

test('of a shape that nobody told nothing was predicted', () => {
  const { text } = agreementOf(viewSweep(serviceSweep({ shapeKnown: false, agrees: true })));
  expect(text).toMatch(/^nothing was predicted: nobody told what the service may open/);
});

test('the table has no 0 where nobody could have told, and what the log says', () => {
  const rowOf = (result: SweepResult): ReadonlyMap<string, string> => {
    const [header = '', row = ''] = sweepCsv(result).split('\r\n');
    const cells = row.split(',');
    return new Map(header.split(',').map((name, index) => [name, cells[index] ?? '']));
  };
  const requests = { scheduled: 10, ok: 5, failed: 5, refused: 0 };
  const hidden = rowOf(serviceSweep({ refusalsVisible: false }, { requests }));
  expect(hidden.get('attempts_refused')).toBe('');
  expect(hidden.get('connections_refused_logged')).toBe('');
  const seen = rowOf(serviceSweep({}, { requests, refusalsLogged: 7 }));
  expect(seen.get('attempts_refused')).toBe('0');
  expect(seen.get('connections_refused_logged')).toBe('7');
});
