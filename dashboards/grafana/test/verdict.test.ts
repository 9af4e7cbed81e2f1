import { execFile } from 'node:child_process';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { optional } from '../../../harness/test/optional.ts';
import { detectPrometheus } from '../../../harness/test/prometheus-binaries.ts';
import { METRICS } from '../../../server/contract.ts';
import { DIAGNOSES } from '../diagnoses.ts';
import { panelQueries } from '../pool-exhaustion.ts';
import { withAllChosen } from '../variables.ts';
import {
  CALM,
  MAX_CONNECTIONS,
  OTHERS,
  type SeriesValues,
  VERDICT_SCENARIOS,
} from './verdict-scenarios.ts';

const run = promisify(execFile);
const prometheus = await optional('prometheus', detectPrometheus);
/** When the answers are asked for: the series go on for a minute. */
const AT = '30s';

interface Expectation {
  readonly expr: string;
  /** `null`: nothing. */
  readonly value: number | null;
  /** @default '{}' */
  readonly labels?: string;
}

/** What promtool finds wrong; empty where every expression has the expected value. */
async function faults(
  cases: readonly {
    readonly name: string;
    readonly series: SeriesValues;
    readonly expectations: readonly Expectation[];
  }[],
): Promise<string> {
  await using directory = await mkdtempDisposable(join(tmpdir(), 'pool-lab-verdict-'));
  const file = join(directory.path, 'verdict.json');
  const tests = cases.map(({ name, series, expectations }) => ({
    name,
    interval: '1s',
    input_series: Object.entries(series).map(([of, values]) => ({ series: of, values })),
    promql_expr_test: expectations.map(({ expr, value, labels = '{}' }) => ({
      expr: withAllChosen(expr, '5s'),
      eval_time: AT,
      exp_samples: value === null ? [] : [{ labels, value }],
    })),
  }));
  // JSON is YAML too. Without the interval promtool loads a minute's first sample alone.
  await writeFile(file, JSON.stringify({ rule_files: [], evaluation_interval: '1s', tests }));
  try {
    await run(prometheus.get().promtool, ['test', 'rules', file]);
    return '';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
  }
}

prometheus.test('each cause of exhaustion is told from the others', async () => {
  const cases = VERDICT_SCENARIOS.map(({ name, series, red }) => ({
    name,
    series,
    expectations: DIAGNOSES.map((diagnosis) => ({
      expr: diagnosis.expr,
      value: red === null ? null : Number(red.includes(diagnosis.name)),
    })),
  }));
  expect(await faults(cases)).toBe('');
  const told = VERDICT_SCENARIOS.flatMap(({ red }) => red ?? []);
  expect([...new Set(told)].sort()).toEqual(DIAGNOSES.map(({ name }) => name).sort());
});

const queryOf = (panel: string, refId: string): string => {
  const found = panelQueries().find((query) => query.panel === panel && query.refId === refId);
  if (found === undefined) throw new Error(`no query ${refId} in ${panel}`);
  return found.expr;
};
const answers = (code: string) =>
  `${METRICS.httpRequestSeconds}_count{job="pool-lab-api",instance="api:9464",route="/w/point",method="GET",code="${code}"}`;
const answersWithin = (le: string) =>
  answers('200').replace('_count', '_bucket').replace('}', `,le="${le}"}`);

const OF_WORKER = 'job="pool-lab-api",instance="api:9464",worker="1"';
const waitsWithin = (le: string) =>
  `${METRICS.waitSeconds}_bucket{${OF_WORKER},result="ok",le="${le}"}`;

prometheus.test('the numbers of panels are right, and absent where there are none', async () => {
  const share = queryOf('Which share fails?', 'A');
  const right = queryOf('Right answers per second?', 'A');
  const left = queryOf('Slots left in PostgreSQL?', 'A');
  const p99 = queryOf('How long is the p99?', 'B');
  const nearTimeout = queryOf('Is the wait near the pool’s timeout?', 'A');
  const said = await faults([
    {
      name: 'no request ever failed',
      series: { [answers('200')]: '0+10x60' },
      expectations: [
        { expr: share, value: 0 },
        { expr: right, value: 10 },
      ],
    },
    {
      name: 'no request was ever right',
      series: { [answers('503')]: '0+10x60' },
      expectations: [
        { expr: share, value: 1 },
        { expr: right, value: 0 },
      ],
    },
    {
      name: 'one in four fails',
      series: { [answers('200')]: '0+9x60', [answers('503')]: '0+3x60' },
      expectations: [{ expr: share, value: 0.25 }],
    },
    {
      name: 'nobody asks',
      series: {
        [answers('200')]: '10x60',
        [answersWithin('1')]: '10x60',
        [answersWithin('+Inf')]: '10x60',
      },
      expectations: [share, right, p99].map((expr) => ({ expr, value: null })),
    },
    {
      name: '11 of 27 slots are taken',
      series: CALM,
      expectations: [{ expr: left, value: 16 }],
    },
    {
      name: 'those about to be refused are in reserved slots',
      series: { ...CALM, [MAX_CONNECTIONS]: '12x60', [OTHERS]: '2x60' },
      expectations: [{ expr: left, value: 0 }],
    },
    {
      name: 'waits of up to 20 s of the 30 s after which the pool gives up',
      series: {
        [waitsWithin('10')]: '0x60',
        [waitsWithin('20')]: '0+10x60',
        [waitsWithin('+Inf')]: '0+10x60',
        [`${METRICS.poolTimeoutSeconds}{${OF_WORKER}}`]: '30x60',
      },
      expectations: [{ expr: `round(${nearTimeout}, 0.01)`, labels: '{worker="1"}', value: 0.66 }],
    },
    {
      name: 'nobody watches the database',
      series: {},
      expectations: [{ expr: left, value: null }],
    },
  ]);
  expect(said).toBe('');
});
