import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withAllChosen } from '../variables.ts';

/** Name of a series with its labels, and its values second by second in promtool's notation. */
export type SeriesValues = Readonly<Record<string, string>>;

/** What an expression must answer. */
export interface ExpressionCase {
  readonly name: string;
  readonly series: SeriesValues;
  readonly expectations: readonly {
    /** With the dashboard's variables in it. */
    readonly expr: string;
    /** By the labels they have, e.g. `{worker="1"}`. */
    readonly values: Readonly<Record<string, number>>;
  }[];
}

/** When the answers are asked for: the series go on for a minute. */
const AT = '30s';

const run = promisify(execFile);

/** What promtool finds wrong; empty where every expression has the expected values and no others. */
export async function faults(cases: readonly ExpressionCase[]): Promise<string> {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'pool-lab-expressions-'));
  const file = join(directory.path, 'expressions.json');
  const tests = cases.map(({ name, series, expectations }) => ({
    name,
    interval: '1s',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    promql_expr_test: expectations.map(({ expr, values }) => ({
      expr: withAllChosen(expr, '5s'),
      eval_time: AT,
      exp_samples: Object.entries(values).map(([labels, value]) => ({ labels, value })),
    })),
  }));
  // JSON is YAML too. Without the interval promtool loads a minute's first sample alone.
  await writeFile(file, JSON.stringify({ rule_files: [], evaluation_interval: '1s', tests }));
  try {
    await run('promtool', ['test', 'rules', file]);
    return '';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}
