import type { MeasuredTrial, Percentiles } from '../analysis/trial-result.ts';
import { ABSENT, formatCount, formatMs, formatRate, formatShare } from './format.ts';
import type { Paint } from './paint.ts';
import { refusalWords } from './refusal-words.ts';
import type { ReportLine } from './report-line.ts';
import { table } from './text-layout.ts';

/** Enough to see who waits for what; the rest is in the JSON. */
const WAIT_EVENTS_SHOWN = 4;

const PERCENTILE_COLUMNS = ['mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const;
const PERCENTILE_TITLES = ['mean', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];

/** What the requests met and where their time went. */
export function trialLoadLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { requests, plan, latencyMs, componentsMs } = trial;
  const lines: ReportLine[] = [
    {
      label: 'LOAD',
      text: `${plan.workload}, ${formatCount(plan.load.connections)} clients, ${formatMs(trial.measuredMs)}: ${formatCount(requests.scheduled)} requests, ${formatCount(requests.ok)} answered right`,
    },
    {
      label: 'RATE',
      text: `${formatRate(trial.throughputPerSecond)} right answers/s, ${formatRate(trial.goodputPerSecond)} within ${formatMs(plan.load.goodputDeadlineMs)}`,
    },
    ...errorLines(trial, paint),
    {
      label: 'LATENCY',
      text: 'as the clients saw it, and where the time of right answers went',
      rows: latencyRows(latencyMs, componentsMs),
    },
  ];
  const waits = waitText(trial.waitEventShares);
  if (waits !== '') lines.push({ label: 'WAITS', text: `active backends: ${waits}` });
  lines.push({ label: 'CPU', text: cpuText(trial) });
  return lines;
}

/** Errors by cause, the most frequent first, refusals with PostgreSQL's own words. */
function errorLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { requests, refusals, environment } = trial;
  const found = [
    ...Object.entries(requests.httpErrors),
    ...Object.entries(requests.connectionErrors).map(([code, count]): [string, number] => [
      `not connected to the API (${code})`,
      count,
    ]),
    ['timed out at the client', requests.timeouts],
    ['lost: the connection broke before the answer', requests.lost],
    ['unanswered when the drain ended', requests.unanswered],
    ['dropped', requests.dropped],
  ] satisfies [string, number][];
  const errors = found.filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
  if (errors.length === 0) return [{ label: 'ERRORS', text: paint.green('none') }];
  const words = refusalWords(refusals.byReason, environment.postgres.version).map(
    ({ count, words: sentence }) => `${formatCount(count)} × "${sentence}"`,
  );
  return errors.flatMap(([cause, count], index) => [
    { label: index === 0 ? 'ERRORS' : '', text: paint.red(`${formatCount(count)} ${cause}`) },
    ...(cause === 'too_many_connections'
      ? words.map((text) => ({ label: '', text: `  ${text}` }))
      : []),
  ]);
}

function latencyRows(
  { ok, error }: MeasuredTrial['latencyMs'],
  { wait, connect, db, rest }: MeasuredTrial['componentsMs'],
): readonly string[] {
  const title = (name: string, { samples, censored }: Percentiles): string =>
    `${name} (${formatCount(samples)}${censored === 0 ? '' : `, ${formatCount(censored)} "at least"`})`;
  const rows: readonly (readonly [string, Percentiles])[] = [
    [title('right', ok), ok],
    ['  waiting for a connection', wait],
    ['  opening one', connect],
    ['  holding it', db],
    ['  outside the API', rest],
    ...(error.samples === 0 ? [] : [[title('failed', error), error] as const]),
  ];
  return table(
    [
      ['', ...PERCENTILE_TITLES],
      ...rows.map(([name, values]) => [
        name,
        ...PERCENTILE_COLUMNS.map((column) => shortMs(values[column])),
      ]),
    ],
    ['left', ...PERCENTILE_TITLES.map(() => 'right' as const)],
  );
}

/** In a table of seven columns on 80 characters there is no room between number and unit. */
const shortMs = (ms: number | null): string =>
  ms === null ? ABSENT : formatMs(ms).replace(' ms', 'ms').replace(' s', 's').replace(' min ', 'm');

function waitText(shares: MeasuredTrial['waitEventShares']): string {
  const sorted = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .sort(([, a], [, b]) => b - a);
  const shown = sorted.slice(0, WAIT_EVENTS_SHOWN);
  const rest = sorted.slice(WAIT_EVENTS_SHOWN).reduce((sum, [, share]) => sum + share, 0);
  return [
    ...shown.map(([event, share]) => `${event} ${formatShare(share)}`),
    ...(rest > 0 ? [`others ${formatShare(rest)}`] : []),
  ].join(', ');
}

/** CPU time over the window as a number of busy cores. */
function cpuText({ cpuMs, measuredMs, environment }: MeasuredTrial): string {
  const cores = (ms: number | null): string =>
    ms === null || measuredMs === 0 ? ABSENT : (ms / measuredMs).toFixed(2);
  return `PostgreSQL ${cores(cpuMs.postgres)}, API ${cores(cpuMs.api)}, load generator ${cores(cpuMs.generator)} of ${formatCount(environment.cores)} cores`;
}
