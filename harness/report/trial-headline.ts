import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { printDatabaseFault } from '../plan/database-fault-parser.ts';
import { BOTTLENECK_WORDS } from './bottleneck-words.ts';
import { rateText } from './estimate-text.ts';
import { causesText, failuresTotal, wasCutOff } from './failure-causes.ts';
import { formatCount, formatMs, formatRate, formatShare, plural } from './format.ts';
import { claimText, refusedBy } from './pooler-text.ts';

/** The worst thing that happened, from the worst to the best. */
export const FINDINGS = [
  'INVALID',
  'EXHAUSTED',
  'POOLER FULL',
  'OVERLOADED',
  'STARVED',
  'FAILED REQUESTS',
  'FAILED ATTEMPTS',
  'DROPPED REQUESTS',
  'DRIFTING',
  'LATE',
  /** A service answered, and its database was never asked. */
  'NO CONNECTION',
  'NOT EXHAUSTED THIS TIME',
  /** Of a service whose database was not in sight, or whose pools nobody told: nothing can be said to fit. */
  'ALL ANSWERED',
  'FITS',
] as const;
export type Finding = (typeof FINDINGS)[number];

const GOOD: ReadonlySet<Finding> = new Set(['FITS', 'ALL ANSWERED']);

/** The answer in one sentence, and whether it is good news. */
export interface Headline {
  readonly finding: Finding;
  readonly text: string;
  readonly good: boolean;
}

/** Not believable, refused, overloaded, starved, failed, drifting, late, nothing: the first that applies. */
export function trialHeadline(trial: MeasuredTrial): Headline {
  const { finding, text } = findingOf(trial);
  const incomplete = ['aborted', 'target_down'].includes(trial.ended)
    ? `INCOMPLETE, ${lengthText(trial)}: `
    : trial.ended === 'threshold_failed'
      ? `STOPPED by a threshold after ${lengthText(trial)}: `
      : '';
  // One that the end of the run came before disturbed nothing.
  const came = trial.faults.filter(({ startedMs }) => startedMs !== null);
  const disturbed =
    came.length === 0 ? '' : `. Disturbed on purpose: ${came.map(printDatabaseFault).join(', ')}`;
  const failure = trial.rollout?.failure ?? null;
  const deploy =
    failure === null
      ? ''
      : `. The deploy failed, its second instance did not get ready: ${failure}`;
  return {
    finding,
    text: `${incomplete}${text}${deploy}${disturbed}`,
    good: GOOD.has(finding) && incomplete === '' && failure === null,
  };
}

function lengthText({ measuredMs, plan }: MeasuredTrial): string {
  return `${formatMs(measuredMs)} of ${formatMs(plan.durationMs)}`;
}

function findingOf(trial: MeasuredTrial): Omit<Headline, 'good'> {
  return (
    invalidOf(trial) ??
    refusedOf(trial) ??
    overloadedOf(trial) ??
    failedOf(trial) ??
    driftingOf(trial) ??
    lateOf(trial) ??
    fitsOf(trial)
  );
}

type Found = Omit<Headline, 'good'> | null;

/** These say by themselves why there is no number; the headline has words of its own for them. */
const OWN_WORDS: ReadonlySet<string> = new Set(['interrupted', 'drifting']);

/** A service that is wrong by itself, or not what it was said to be, explains the others. */
const FIRST: ReadonlySet<string> = new Set(['no_answers', 'shape_exceeded']);

function invalidOf({ verdict, caveats, ended, steadyState }: MeasuredTrial): Found {
  if (verdict !== 'INVALID') return null;
  const against = caveats.filter(({ grade, code }) => grade === 'INVALID' && !OWN_WORDS.has(code));
  const fatal = against.find(({ code }) => FIRST.has(code)) ?? against[0];
  const explained = ended !== 'completed' || steadyState.state === 'drifting';
  if (fatal === undefined && explained) return null;
  return {
    finding: 'INVALID',
    text: `INVALID, not to be believed: ${fatal?.detail ?? 'see VERDICT'}`,
  };
}

/** Retries hide refusals from the users, and must not hide them from the answer. */
function refusedOf(trial: MeasuredTrial): Found {
  const { refusals, requests, attempts, plan } = trial;
  const tried = attempts.httpErrors['too_many_connections'] ?? 0;
  if (tried === 0) return loggedOf(trial);
  const by = refusedBy(trial);
  const how = { postgres: ', SQLSTATE 53300', pooler: '', both: '' }[by];
  const seen =
    plan.load.retry === null
      ? `${formatCount(refusals.total)} of ${plural(requests.scheduled, 'request')} refused (${shareOf(refusals.total, requests.scheduled)}${how})`
      : `${formatCount(tried)} of ${plural(attempts.started, 'attempt')} refused (${shareOf(tried, attempts.started)}${how}), ${formatCount(refusals.total)} of ${plural(requests.scheduled, 'request')} after retries`;
  if (by === 'pooler') {
    const text = `POOLER FULL: ${seen} by PgBouncer for its max_client_conn; PostgreSQL refused none. ${claimText(trial)}`;
    return { finding: 'POOLER FULL', text };
  }
  const both =
    by === 'both'
      ? `, ${formatCount(refusals.byReason.pooler_clients ?? 0)} of them by PgBouncer for its max_client_conn`
      : '';
  return { finding: 'EXHAUSTED', text: `EXHAUSTED: ${seen}${both}. ${claimText(trial)}` };
}

/** A service need not say why it fails, and may have tried again: PostgreSQL's log has it all the same. */
function loggedOf(trial: MeasuredTrial): Found {
  const logged = trial.service?.refusalsLogged ?? 0;
  if (logged === 0) return null;
  const { requests } = trial;
  const unanswered = wasCutOff(trial) ? 0 : requests.unanswered;
  const causes = causesText({ ...requests, unanswered });
  const failed = failuresTotal({ ...requests, unanswered });
  const seen = `${formatCount(failed)} of ${plural(requests.scheduled, 'request')} failed${causes === '' ? '' : ` (${causes})`}`;
  return {
    finding: 'EXHAUSTED',
    text: `EXHAUSTED: PostgreSQL refused ${plural(logged, 'connection')} (SQLSTATE 53300), as its log says; ${seen}. ${claimText(trial)}`,
  };
}

function overloadedOf(trial: MeasuredTrial): Found {
  const { steadyState, offeredPerSecond: offered, wholeRun, bottleneck } = trial;
  if (steadyState.state !== 'overloaded') return null;
  const backlog =
    steadyState.backlogPerSecond === null
      ? 'more arrives than is answered'
      : `backlog grows by ${formatRate(steadyState.backlogPerSecond)} requests/s`;
  const at = offered === null ? '' : ` at ${formatRate(offered)}/s offered`;
  const timeouts = trial.requests.httpErrors['pool_timeout'] ?? 0;
  const starved = timeouts === 0 ? '' : `, ${plural(timeouts, 'pool timeout')}`;
  return {
    finding: 'OVERLOADED',
    text: `OVERLOADED: ${backlog}${at}; ${formatRate(wholeRun.throughputPerSecond)}/s answered right, ${formatRate(wholeRun.goodputPerSecond)}/s within ${formatMs(trial.plan.load.goodputDeadlineMs)}${starved}; limited by ${BOTTLENECK_WORDS[bottleneck.kind]}. ${claimText(trial)}`,
  };
}

function failedOf(trial: MeasuredTrial): Found {
  const { plan, requests } = trial;
  const unanswered = wasCutOff(trial) ? 0 : requests.unanswered;
  const failed = failuresTotal({ ...requests, unanswered });
  const starved = starvedText(trial);
  if (starved !== null) {
    return {
      finding: 'STARVED',
      text: `STARVED, not exhausted: ${starved}${behindText(trial)}. ${claimText(trial)}`,
    };
  }
  if (failed > requests.dropped) {
    return {
      finding: 'FAILED REQUESTS',
      text: `FAILED REQUESTS: ${formatCount(failed)} of ${formatCount(requests.scheduled)} (${causesText({ ...requests, unanswered })})${noneRefused(trial, ', ')}. ${claimText(trial)}`,
    };
  }
  if (failed > 0) {
    return {
      finding: 'DROPPED REQUESTS',
      text: `DROPPED REQUESTS: ${formatCount(failed)} of ${formatCount(requests.scheduled)} were never sent, all connections of the generator were busy; 0 of those sent failed. ${claimText(trial)}`,
    };
  }
  const attempts = { ...trial.attempts, unanswered: 0 };
  const attemptsFailed = failuresTotal(attempts);
  if (plan.load.retry === null || attemptsFailed === 0) return null;
  return {
    finding: 'FAILED ATTEMPTS',
    text: `FAILED ATTEMPTS: ${formatCount(attemptsFailed)} of ${formatCount(attempts.started)} (${causesText(attempts)}), hidden from all users by retries${noneRefused(trial, '; ')}. ${claimText(trial)}`,
  };
}

/** As refusals, pool timeouts are no less for a retry that made up for them. */
function starvedText(trial: MeasuredTrial): string | null {
  const { plan, requests, attempts } = trial;
  const none = noneRefused(trial, '; ');
  const users = requests.httpErrors['pool_timeout'] ?? 0;
  const tried = attempts.httpErrors['pool_timeout'] ?? 0;
  const asked = plural(requests.scheduled, 'request');
  const what = 'got no connection from the pool (pool_timeout)';
  if (plan.load.retry !== null && tried > 0) {
    return `${formatCount(tried)} of ${plural(attempts.started, 'attempt')} ${what}, ${formatCount(users)} of ${asked} after retries${none}`;
  }
  return users === 0 ? null : `${formatCount(users)} of ${asked} ${what}${none}`;
}

/** A pool's deadline covers the way to a connection, and that may end in a queue behind the pool. */
function behindText({ plan, pooler }: MeasuredTrial): string {
  if (pooler === null || pooler.clientsWaitingPeak === 0) return '';
  const kept =
    plan.pooler?.mode === 'session' ? ', in session mode until another client leaves' : '';
  return `; up to ${plural(pooler.clientsWaitingPeak, 'client')} waited inside PgBouncer${kept}`;
}

/** In session mode those who wait inside the pooler do so for as long as the pools keep what they have. */
function keptText(trial: MeasuredTrial): string {
  return trial.plan.pooler?.mode === 'session' ? behindText(trial) : '';
}

function driftingOf(trial: MeasuredTrial): Found {
  if (trial.steadyState.state !== 'drifting') return null;
  return {
    finding: 'DRIFTING',
    text: `DRIFTING, no number stands for it: ${trial.steadyState.detail}. ${claimText(trial)}`,
  };
}

/** One right answer in twenty may come after the deadline of goodput before it is the news. */
const LATE_SHARE_MAX = 0.05;

/** Behind a queue without a deadline every answer is right, and comes when nobody waits any more. */
function lateOf(trial: MeasuredTrial): Found {
  const { plan, wholeRun, latencyMs, bottleneck } = trial;
  const throughput = trial.throughputPerSecond ?? wholeRun.throughputPerSecond;
  const goodput = trial.goodputPerSecond ?? wholeRun.goodputPerSecond;
  if (throughput === 0 || goodput >= (1 - LATE_SHARE_MAX) * throughput) return null;
  return {
    finding: 'LATE',
    text: `LATE: ${noneRefused(trial, '', ', but ')}${formatShare(1 - goodput / throughput)} of the right answers took longer than ${formatMs(plan.load.goodputDeadlineMs)}: ${formatRate(throughput)}/s, ${formatRate(goodput)}/s of them in time, p99 ${formatMs(latencyMs.ok.p99)}; limited by ${BOTTLENECK_WORDS[bottleneck.kind]}. ${claimText(trial)}`,
  };
}

function fitsOf(trial: MeasuredTrial): Omit<Headline, 'good'> {
  const { plan, budget, latencyMs } = trial;
  const deadline = formatMs(plan.load.goodputDeadlineMs);
  const speed =
    trial.throughputPerSecond === null
      ? `${formatRate(trial.wholeRun.throughputPerSecond)} right answers/s over the whole run (${formatRate(trial.wholeRun.goodputPerSecond)} within ${deadline})`
      : `${rateText(trial.throughputPerSecond, null)} right answers/s (${rateText(trial.goodputPerSecond, null)} within ${deadline}), p99 ${formatMs(latencyMs.ok.p99)}`;
  if (trial.caveats.some(({ code }) => code === 'no_connection')) {
    const text = `NO CONNECTION: the service opened none to the database it was given; does it read DATABASE_URL? 0 failed at ${speed}`;
    return { finding: 'NO CONNECTION', text };
  }
  if (budget === null) {
    const text = `ALL ANSWERED: 0 failed at ${speed}. ${claimText(trial)}`;
    return { finding: 'ALL ANSWERED', text };
  }
  if (!budget.shapeKnown) {
    const text = `ALL ANSWERED: 0 failed${noneRefused(trial, ', ')} at ${speed}. ${claimText(trial)}`;
    return { finding: 'ALL ANSWERED', text };
  }
  const fits = plan.rolloutSurge > 0 ? budget.predicted.fitsDuringRollout : budget.predicted.fits;
  // Without limits nothing fits or does not; what was seen is all there is.
  if (budget.reached === 'unknown') {
    const text = `NOT EXHAUSTED THIS TIME: 0 refused at ${speed}. ${claimText(trial)}`;
    return { finding: 'NOT EXHAUSTED THIS TIME', text };
  }
  return fits
    ? {
        finding: 'FITS',
        text: `FITS: 0 refused at ${speed}${keptText(trial)}. ${claimText(trial)}`,
      }
    : {
        finding: 'NOT EXHAUSTED THIS TIME',
        text: `NOT EXHAUSTED THIS TIME: 0 refused at ${speed}, but ${claimText(trial)}`,
      };
}

/** That nobody was refused is said only where it would have been seen. */
function noneRefused({ budget }: MeasuredTrial, before: string, after = ''): string {
  return budget === null || !budget.refusalsVisible ? '' : `${before}0 refused${after}`;
}

function shareOf(part: number, whole: number): string {
  return formatShare(part / Math.max(1, whole));
}
