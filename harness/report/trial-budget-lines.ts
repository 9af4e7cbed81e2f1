import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { connectionsOf } from '../load/load-engine.ts';
import { formatClaim, formatCount, formatMs, plural } from './format.ts';
import type { Paint } from './paint.ts';
import type { ReportLine } from './report-line.ts';

/** Predicted beside observed, and what the server side saw. */
export function trialBudgetLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { budget, connections, refusals, rollout, plan, api } = trial;
  const { predicted } = budget;
  const why = api.via === null ? '' : ': see VIA';
  const agrees = budget.agrees
    ? paint.green('✓ as predicted')
    : paint.red(`✗ not as predicted${why}`);
  const rolloutClaim =
    plan.rolloutSurge > 0 ? `, in the deploy ${formatClaim(predicted.rolloutCeiling)}` : '';
  const reachable =
    budget.reachable === predicted.ceiling || plan.rolloutSurge > 0
      ? ''
      : `, by ${plural(connectionsOf(plan.load.model), plan.load.model.kind === 'closed' ? 'client' : 'request', plan.load.model.kind === 'closed' ? 'clients' : 'requests in flight')} ${formatClaim(budget.reachable)}`;
  const reserved = connections.superuserReserved + connections.reserved;
  const tried = trial.attempts.httpErrors['too_many_connections'] ?? 0;
  const hidden = plan.load.retry === null || tried === 0 ? '' : ` (${plural(tried, 'attempt')})`;
  const lines: ReportLine[] = [
    {
      label: 'PREDICTED',
      text: `${budget.predictedRefusals ? 'refused' : 'not refused'}: idle ${formatClaim(predicted.floor)}, busy ${formatClaim(predicted.ceiling)}${rolloutClaim}${reachable}; usable ${formatCount(predicted.usable)} = ${formatCount(connections.maxConnections)} − ${formatCount(reserved)} reserved − ${plural(budget.others, 'other')} (this lab's monitor among them)`,
    },
    {
      label: 'OBSERVED',
      text: `${budget.observedRefusals ? 'refused' : 'not refused'}: peak ${formatCount(connections.peakWorkers)} of ${formatCount(predicted.usable)}, ${formatCount(refusals.total)} refused${hidden}  ${agrees}`,
    },
  ];
  const peaks = Object.entries(connections.peakByWorker).sort(([a], [b]) =>
    a.localeCompare(b, 'en', { numeric: true }),
  );
  if (peaks.length > 1) {
    lines.push({
      label: '',
      text: `peak by worker: ${peaks.map(([worker, peak]) => `w${worker} ${formatCount(peak)}`).join(', ')}`,
    });
  }
  // Keep-alive pins clients to workers: one pool may starve while another idles.
  if (trial.workers.length > 1) {
    const answers = trial.workers.map((it) => `w${it.worker} ${formatCount(it.answers)}`);
    lines.push({ label: '', text: `answers by worker: ${answers.join(', ')}` });
  }
  lines.push(...apiLines(trial));
  if (rollout !== null) {
    lines.push({
      label: 'DEPLOY',
      text: `${plural(rollout.replaced, 'worker')} replaced in ${formatMs(rollout.durationMs)}, at most ${formatCount(rollout.workersPeak)} at the same time`,
    });
  }
  return lines;
}

/** What an API that was not just started on its PostgreSQL leaves unseen. */
function apiLines({ api }: MeasuredTrial): readonly ReportLine[] {
  return [
    ...(api.target === null
      ? []
      : [
          {
            label: 'TARGET',
            text: `${api.target}, which ran before and goes on. Not seen: whether it leaves connections behind; peaks of its pools that were not higher than earlier ones; who else asks it`,
          },
        ]),
    ...(api.via === null
      ? []
      : [
          {
            label: 'VIA',
            text: `${api.via}, through which the API connects and which opens on PostgreSQL what its own settings allow; predicted is what the pools would open there directly`,
          },
        ]),
  ];
}
