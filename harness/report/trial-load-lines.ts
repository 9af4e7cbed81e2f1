import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { askedText } from './asked-text.ts';
import { distanceText } from './distance-text.ts';
import { speedText, wholeRunText } from './estimate-text.ts';
import { causesText, failureCauses, wasCutOff } from './failure-causes.ts';
import { faultLines } from './fault-lines.ts';
import { formatCount, formatMs, formatRate, formatShare, plural } from './format.ts';
import { loadText } from './load-text.ts';
import type { Paint } from './paint.ts';
import { refusalWords } from './refusal-words.ts';
import type { ReportLine } from './report-line.ts';
import { sqlLines } from './sql-text.ts';
import { transportLines } from './transport-text.ts';

/** What was asked, how much of it was answered, and what became of the rest. */
export function trialLoadLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { requests, plan } = trial;
  return [
    {
      label: 'LOAD',
      text: `${askedText(plan)}, ${loadText(plan)}, ${formatMs(trial.measuredMs)}: ${plural(requests.scheduled, 'request')}, ${formatCount(requests.ok)} answered right`,
    },
    ...sqlLines(plan.sql),
    ...distanceLines(trial),
    ...transportLines(trial),
    ...faultLines(trial),
    ...rateLines(trial),
    ...attemptLines(trial),
    ...errorLines(trial, paint),
  ];
}

/** How far the database was, and how well that was kept. */
function distanceLines({ plan, distance }: MeasuredTrial): readonly ReportLine[] {
  if (plan.distance.rttMs === 0) return [];
  const kept =
    distance === null || distance.deliveries === 0
      ? ''
      : `; delivered ${formatMs(distance.lateMsP50)} late at p50, ${formatMs(distance.lateMsP99)} at p99, ${formatShare(distance.eventLoopUtilization)} busy`;
  return [
    {
      label: 'DISTANCE',
      text: `a round trip to ${plan.pooler === null ? 'the database' : 'PgBouncer'} takes ${distanceText(plan.distance)}, made by a process of the lab${kept}`,
    },
  ];
}

/** Offered beside answered, where somebody offers; the closed loop asks for what it is answered. */
function rateLines(trial: MeasuredTrial): readonly ReportLine[] {
  const { offeredPerSecond: offered } = trial;
  const offer = offered === null ? '' : `${formatRate(offered)}/s offered: `;
  return [
    { label: 'RATE', text: `${offer}${speedText(trial)}` },
    ...(trial.throughputPerSecond === null ? [{ label: '', text: wholeRunText(trial) }] : []),
  ];
}

/** With retries a request is more than one attempt, and what failed first is what they hide. */
function attemptLines(trial: MeasuredTrial): readonly ReportLine[] {
  const { attempts, requests } = trial;
  const { retry } = trial.plan.load;
  if (retry === null) return [];
  const sent = requests.scheduled - requests.dropped;
  const each = (attempts.started / Math.max(1, sent)).toFixed(2);
  const failed = attempts.started - attempts.ok;
  const causes = causesText({ ...attempts, unanswered: 0 });
  const why = causes === '' ? '' : ` (${causes})`;
  return [
    {
      label: 'ATTEMPTS',
      text: `${formatCount(attempts.started)}, ${each} a request: ${formatCount(failed)} failed${why}; up to ${plural(retry.retriesMax, 'retry', 'retries')} after 0 to ${formatMs(retry.backoffMs)}, doubled each time`,
    },
  ];
}

/** Errors by cause, the most frequent first, refusals with PostgreSQL's own words. */
function errorLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const errors = failureCauses(trial.requests, { cutOff: wasCutOff(trial) });
  if (errors.length === 0) return [{ label: 'ERRORS', text: paint.green('none') }];
  return errors.flatMap(([cause, count], index) => [
    { label: index === 0 ? 'ERRORS' : '', text: paint.red(`${formatCount(count)} ${cause}`) },
    ...(cause === 'too_many_connections' ? refusalLines(trial) : []),
  ]);
}

function refusalLines({ refusals, environment }: MeasuredTrial): readonly ReportLine[] {
  const version = environment.postgres?.version ?? null;
  return refusalWords(refusals.byReason, version).map(({ count, words }) => ({
    label: '',
    text: `  ${formatCount(count)} × "${words}"`,
  }));
}
