import type { PoolMetrics, ServiceReading } from '../analysis/service-reading.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { PLACEHOLDERS } from '../plan/service.ts';
import type { TrialPlan } from '../plan/trial-plan.ts';
import { ABSENT, formatCount, formatMs, formatShare, plural } from './format.ts';
import { applicationText, nameText } from './inspection/inspected-names.ts';
import type { ReportLine } from './report-line.ts';
import { commandText, plainText } from './sweep/plain-text.ts';
import { table } from './text-layout.ts';

/** Who was measured, where it is none of the lab's own. */
export function trialServiceLines({ plan, service }: MeasuredTrial): readonly ReportLine[] {
  return [...servicePlanLines(plan), ...processLines(service?.process ?? null)];
}

/** The same of many trials of one plan. */
export function servicePlanLines({ service }: Pick<TrialPlan, 'service'>): readonly ReportLine[] {
  if (service === null) return [];
  const text =
    service.kind === 'running'
      ? `${plainText(service.origin)}, which ran before and goes on`
      : [commandText(service.command), ...filledVariables(service.env)].join('  ');
  return [{ label: 'SERVICE', text }];
}

/** Of its variables those that are one placeholder: what else is in its environment is its own business. */
function filledVariables(env: Readonly<Record<string, string>>): readonly string[] {
  const placeholders = new Set(Object.keys(PLACEHOLDERS).map((name) => `{${name}}`));
  return Object.entries(env)
    .filter(([, value]) => placeholders.has(value))
    .map(([name, value]) => `${plainText(name)}=${value}`);
}

function processLines(process: ServiceReading['process']): readonly ReportLine[] {
  if (process === null) return [];
  const { readyMs, processesPeak, stopMs, killed } = process;
  const forced = killed === 0 ? '' : `; ${plural(killed, 'process', 'processes')} had to be killed`;
  return [
    {
      label: '',
      text: `ready after ${formatMs(readyMs)}, ${plural(processesPeak, 'process', 'processes')} at most, gone ${formatMs(stopMs)} after it was told to stop${forced}`,
    },
  ];
}

/** What showed of it: its sessions on PostgreSQL, its metrics, its output, and its requests one by one. */
export function trialServiceSeenLines({ service }: MeasuredTrial): readonly ReportLine[] {
  if (service === null) return [];
  return [
    ...sessionLines(service),
    ...poolLines(service.metrics),
    ...outputLines(service.said),
    ...requestLines(service.requests),
  ];
}

const STATES = ['active', 'idle', 'idle in transaction'] as const;
const SESSION_TITLES = [
  'application',
  'role',
  'address',
  'peak',
  'active',
  'idle',
  'in transaction',
  'else',
];

function sessionLines({
  sessions,
  process,
}: Pick<ServiceReading, 'sessions' | 'process'>): readonly ReportLine[] {
  if (sessions.length === 0) return [];
  const rows = sessions.map(({ applicationName, role, address, peak, meanByState }) => {
    const rest = Object.entries(meanByState)
      .filter(([state]) => !STATES.some((known) => known === state))
      .reduce((sum, [, mean]) => sum + mean, 0);
    return [
      cut(applicationText(applicationName)),
      role === '' ? ABSENT : cut(nameText(role)),
      address === '' ? ABSENT : cut(nameText(address)),
      formatCount(peak),
      ...STATES.map((state) => meanText(meanByState[state] ?? 0)),
      meanText(rest),
    ];
  });
  // A state that nobody was ever in is no column.
  const used = SESSION_TITLES.map(
    (_, column) => column < 4 || rows.some((row) => row[column] !== '0'),
  );
  const kept = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, column) => used[column]);
  return [
    {
      label: 'SESSIONS',
      // Which role one has that was started elsewhere, nobody told.
      text: `${process === null ? 'all of its database, whoever has them,' : 'its connections'} as PostgreSQL saw them; by state on average`,
      rows: table(
        [kept(SESSION_TITLES), ...rows.map(kept)],
        kept(SESSION_TITLES.map((_, column) => (column < 3 ? 'left' : 'right'))),
      ),
    },
  ];
}

/** Three names and five numbers have to stand beside each other; the JSON has the whole of them. */
const NAME_SHOWN_MAX = 16;

function cut(name: string): string {
  const characters = [...name];
  return characters.length <= NAME_SHOWN_MAX
    ? name
    : `${characters.slice(0, NAME_SHOWN_MAX - 1).join('')}…`;
}

function meanText(mean: number): string {
  return mean === 0 ? '0' : mean.toFixed(1);
}

const SOURCE_WORDS: Readonly<Record<PoolMetrics['source'], string>> = {
  opentelemetry: 'OpenTelemetry',
  hikaricp: 'HikariCP',
  psycopg_pool: 'psycopg_pool',
  'prom-client': 'node-postgres',
  'pool-lab': 'pool-lab',
};

function poolLines(metrics: PoolMetrics | null): readonly ReportLine[] {
  if (metrics === null) return [];
  const { source, readings, max, usedPeak, usedMean, waitingPeak, waitingMean } = metrics;
  const { timeouts, waitMeanMs, connectMeanMs } = metrics;
  const parts = [
    max === null ? [] : `${plural(max, 'connection')} at most`,
    usedPeak === null ? [] : `${formatCount(usedPeak)} in use at most${onAverage(usedMean)}`,
    waitingPeak === null
      ? []
      : `${formatCount(waitingPeak)} waiting at most${onAverage(waitingMean)}`,
    timeouts === null ? [] : plural(timeouts, 'pool timeout'),
    waitMeanMs === null ? [] : `waited ${formatMs(waitMeanMs)} on average`,
    connectMeanMs === null ? [] : `connected in ${formatMs(connectMeanMs)} on average`,
  ].flat();
  if (parts.length === 0) return [];
  return [
    {
      label: 'POOLS',
      text: `${parts.join('; ')} (its own metrics in the words of ${SOURCE_WORDS[source]}, ${plural(readings, 'reading')} under load)`,
    },
  ];
}

function onAverage(mean: number | null): string {
  return mean === null ? '' : `, ${mean.toFixed(1)} on average`;
}

function outputLines(said: ServiceReading['said']): readonly ReportLine[] {
  if (said === null || said.lines === 0) return [];
  const { poolTimeouts, refusals, lines } = said;
  const known = [
    poolTimeouts === 0 ? [] : `${formatCount(poolTimeouts)} tell of a pool timeout`,
    refusals === 0 ? [] : `${formatCount(refusals)} of a refused connection`,
  ].flat();
  return [
    {
      label: 'OUTPUT',
      text: `${plural(lines, 'line')}${known.length === 0 ? ', none of them known words of a pool or of PostgreSQL' : `: ${known.join(', ')}`}`,
    },
  ];
}

/** Failed ones stand first: they are what one looks for. */
function requestLines(requests: ServiceReading['requests']): readonly ReportLine[] {
  if (requests.length === 0) return [];
  const sorted = [...requests].sort((a, b) => b.failed - a.failed);
  return [
    {
      label: 'REQUESTS',
      text: 'by kind',
      rows: table(
        [
          ['', 'right', 'failed', 'of them'],
          ...sorted.map(({ name, ok, failed }) => [
            nameText(name),
            formatCount(ok),
            formatCount(failed),
            ok + failed === 0 ? ABSENT : formatShare(failed / (ok + failed)),
          ]),
        ],
        ['left', 'right', 'right', 'right'],
      ),
    },
  ];
}
