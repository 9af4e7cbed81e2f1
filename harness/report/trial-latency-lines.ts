import type {
  Interval,
  MeasuredTrial,
  PercentileIntervals,
  Percentiles,
} from '../analysis/trial-result.ts';
import { ABSENT, formatCount, formatMs } from './format.ts';
import type { ReportLine } from './report-line.ts';
import { table } from './text-layout.ts';

const COLUMNS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
const TITLES = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];

/** What the clients waited for, and which seconds of the window the numbers are made from. */
export function trialLatencyLines(trial: MeasuredTrial): readonly ReportLine[] {
  return [latencyLine(trial), { label: 'STEADY', text: steadyText(trial) }];
}

function latencyLine(trial: MeasuredTrial): ReportLine {
  const { sums, parts, failed } = rowsOf(trial);
  // How late it was sent is the generator's own to tell, and no part of what the service took.
  const tells = trial.service === null ? parts.length > 0 : parts.length > 1;
  const shown = [...sums, ...parts, ...failed];
  if (shown.length === 0) return { label: 'LATENCY', text: 'none: nobody got an answer' };
  const parted = !tells ? '' : ', and where the time of right answers went';
  return {
    label: 'LATENCY',
    text: `as the clients saw it${censoredText(trial)}${parted}`,
    rows: table([['', ...TITLES], ...shown], ['left', ...TITLES.map(() => 'right' as const)]),
  };
}

type Column = (typeof COLUMNS)[number];
type Row = readonly [name: string, values: (column: Column) => string];
type Cells = readonly string[];

function rowsOf({ latencyMs, wholeRun, componentsMs, plan, service }: MeasuredTrial): {
  readonly sums: readonly Cells[];
  readonly parts: readonly Cells[];
  readonly failed: readonly Cells[];
} {
  const { ok, okIntervals, error } = latencyMs;
  const whole = wholeRun.latencyMs;
  const withheld = COLUMNS.some((column) => ok[column] === null && whole[column] !== null);
  // Earlier attempts and the pauses after them are part of what its user waited for.
  const lag = plan.load.retry === null ? 'before it was sent' : 'before its last try';
  // Of answers that tell nothing the rest is all there is, and no part.
  const { wait, connect, db, loop } = componentsMs;
  const partsTold = service === null || [wait, connect, db, loop].some((it) => it.samples > 0);
  const part = (name: string, times: Percentiles): Row =>
    timesOf(
      service === null || times.samples === componentsMs.lag.samples
        ? `  ${name}`
        : counted(`  ${name}`, times),
      times,
    );
  return {
    sums: told([
      timesOf(counted(ok.censored === 0 ? 'right' : 'right or ≥', ok), ok),
      ['  95 % interval from', (column) => shortMs(endOf(okIntervals, column, 'low'))],
      ['    to', (column) => shortMs(endOf(okIntervals, column, 'high'))],
      ...(withheld ? [timesOf(counted('whole run', whole), whole)] : []),
    ]),
    parts: told([
      timesOf(`  ${lag}`, componentsMs.lag),
      part('waiting in the pool', componentsMs.wait),
      part('connecting', componentsMs.connect),
      part('holding a connection', componentsMs.db),
      part(service === null ? "the API's event loop" : 'its event loop', componentsMs.loop),
      ...(partsTold ? [part('rest', componentsMs.rest)] : []),
    ]),
    failed: told(error.samples === 0 ? [] : [timesOf(counted('failed', error), error)]),
  };
}

/** Without the rows in which everything is withheld. */
function told(rows: readonly Row[]): readonly Cells[] {
  return rows
    .map(([name, values]) => [name, ...COLUMNS.map((column) => values(column))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ABSENT));
}

function timesOf(name: string, percentiles: Percentiles): Row {
  return [name, (column) => shortMs(percentiles[column])];
}

function counted(name: string, { samples }: Percentiles): string {
  return `${name} (${formatCount(samples)})`;
}

/** Who was never answered waited at least so long: in the percentiles, as a lower bound. */
function censoredText({ latencyMs, wholeRun }: MeasuredTrial): string {
  const censored = Math.max(latencyMs.ok.censored, wholeRun.latencyMs.censored);
  return censored === 0 ? '' : ` (with ${formatCount(censored)} unanswered as "at least", ≥)`;
}

/** Both ends: an interval by sectioning reaches further up than down, see `percentileIntervals`. */
function endOf(intervals: PercentileIntervals, column: Column, end: keyof Interval): number | null {
  return column === 'mean' || column === 'max' ? null : (intervals[column]?.[end] ?? null);
}

/** In a table of seven columns on 80 characters there is no room between number and unit. */
const shortMs = (ms: number | null): string =>
  ms === null ? ABSENT : formatMs(ms).replace(' ms', 'ms').replace(' s', 's').replace(' min ', 'm');

function steadyText({ steadyState, plan }: MeasuredTrial): string {
  const { state, fromSecond, toSecond, detail } = steadyState;
  const window = `seconds ${fromSecond} to ${toSecond} of ${Math.ceil(plan.durationMs / 1_000)}`;
  switch (state) {
    case 'steady':
      return `${window}: ${detail}`;
    case 'level_shift':
      return `${window}, with a step in them: ${detail}`;
    case 'drifting':
      return `no: it drifts, so no number stands for it: ${detail}`;
    case 'overloaded':
      return `no: more arrives than is answered, so latencies grow as long as one looks: ${detail}`;
    case 'insufficient':
      return `cannot be told: ${detail}`;
    case 'not_judged':
      return detail;
  }
}
