import type { WayResult, WaysResult } from '../../analysis/ways/ways-result.ts';
import { FIRST_WAY } from '../../plan/ways/way.ts';
import { contrastText, ratioText } from '../comparison/ratio-text.ts';
import { ABSENT, formatClaim, formatCount, formatMs, formatShare } from '../format.ts';
import type { Paint } from '../paint.ts';
import type { ReportLine } from '../report-line.ts';
import { table } from '../text-layout.ts';
import { WAY_LETTER } from './way-words.ts';
import { goodputText } from './ways-headline.ts';

/** How fast: right answers in time, against the pool alone, and how long they took. */
export function answersLine({ ways }: WaysResult): ReportLine {
  const [first] = ways;
  const deadline = formatMs(first?.plan.load.goodputDeadlineMs ?? null);
  return {
    label: 'ANSWERS',
    text: `right answers a second within ${deadline}, over the rounds; × ${WAY_LETTER[FIRST_WAY]} paired by round, both with 95 % intervals; percentiles of all rounds together`,
    rows: table(
      [
        ['', 'in time/s', `× ${WAY_LETTER[FIRST_WAY]}`, 'p50', 'p99', 'p99 × A'],
        ...ways.map((it) => [
          WAY_LETTER[it.way],
          goodputText(it),
          it.againstPool === null ? ABSENT : contrastText(it.againstPool.goodputPerSecond),
          formatMs(it.latencyMs.p50),
          formatMs(it.latencyMs.p99),
          ratioOnly(it),
        ]),
      ],
      ['left', 'right', 'left', 'right', 'right', 'right'],
    ),
  };
}

/** Its interval is in the JSON, for want of room. */
function ratioOnly({ againstPool }: WayResult): string {
  const p99 = againstPool?.latencyMsP99;
  if (p99 === undefined || p99.basis === 'none') return ABSENT;
  const doubtful = p99.basis === 'rounds' && p99.finding === 'not_distinguishable';
  return `${ratioText(p99.ratio, null)}${doubtful ? ' ?' : ''}`;
}

/** Who refused, beside what arithmetic said. */
export function refusedLine({ ways }: WaysResult, paint: Paint): ReportLine {
  return {
    label: 'REFUSED',
    text: 'requests of all rounds, by whom, beside what arithmetic predicts',
    rows: table(
      [
        ['', 'predicted', 'PostgreSQL', 'PgBouncer', 'failed else', 'of', ''],
        ...ways.map((it) => [
          WAY_LETTER[it.way],
          predictedText(it),
          formatCount(it.refusals.postgres),
          it.plan.pooler === null ? ABSENT : formatCount(it.refusals.pooler),
          formatCount(it.refusals.otherFailures),
          formatCount(it.requests.scheduled),
          agreementText(it, paint),
        ]),
      ],
      ['left', 'left', 'right', 'right', 'right', 'right', 'left'],
    ),
  };
}

function predictedText({ budget }: WayResult): string {
  if (budget === null) return ABSENT;
  return budget.predictedRefusals ? 'refused' : 'not refused';
}

function agreementText({ budget }: WayResult, paint: Paint): string {
  if (budget === null) return '';
  return budget.agrees ? paint.green('✓') : paint.red('✗ not as predicted');
}

/** What PostgreSQL saw, what connecting cost the API, and who waited in PgBouncer. */
export function connectionsLine({ ways }: WaysResult): ReportLine {
  const withPooler = ways.some(({ pooler }) => pooler !== null);
  return {
    label: 'CONNECTIONS',
    text: `on PostgreSQL's side at most, those opened for each right answer, and the share of its time that connecting took${withPooler ? '; in PgBouncer: clients that waited at most, the longest of them, and how long a transaction waited on average' : ''}`,
    rows: table(
      [
        ['', 'peak', 'usable', 'opened', 'connecting', ...(withPooler ? POOLER_COLUMNS : [])],
        ...ways.map((it) => [
          WAY_LETTER[it.way],
          it.connections === null ? ABSENT : formatCount(it.connections.peakWorkers),
          formatClaim(it.budget?.predicted.usable ?? 0),
          openedText(it),
          shareText(it),
          ...(withPooler ? poolerCells(it) : []),
        ]),
      ],
      ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    ),
  };
}

const POOLER_COLUMNS = ['waited', 'longest', 'mean'] as const;

function poolerCells({ pooler }: WayResult): readonly string[] {
  if (pooler === null) return POOLER_COLUMNS.map(() => ABSENT);
  return [
    formatCount(pooler.clientsWaitingPeak),
    formatMs(pooler.maxWaitMs),
    formatMs(pooler.waitMsPerTransaction),
  ];
}

function openedText({ churn }: WayResult): string {
  const each = churn?.openedPerAnswer ?? null;
  if (each === null) return ABSENT;
  // A pool that is warm opens nothing: rounded, few would look like none.
  return each > 0 && each < 0.005 ? '< 0.01' : each.toFixed(2);
}

function shareText({ churn }: WayResult): string {
  const share = churn?.connectShare ?? null;
  return share === null ? ABSENT : formatShare(share);
}
