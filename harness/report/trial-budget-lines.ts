import type { ServiceReading } from '../analysis/service-reading.ts';
import { type MeasuredTrial, type WatchedTrial, watchedTrial } from '../analysis/trial-result.ts';
import { formatCount, formatMs, plural } from './format.ts';
import type { Paint } from './paint.ts';
import { agreementText, observedText, predictedText } from './predicted-text.ts';
import type { ReportLine } from './report-line.ts';

/** Predicted beside observed, and what the server side saw. */
export function trialBudgetLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { rollout } = trial;
  const watched = watchedTrial(trial);
  const lines: ReportLine[] = watched === null ? [] : [...predictedLines(watched, paint)];
  // Keep-alive pins clients to workers: one pool may starve while another idles.
  if (trial.workers.length > 1) {
    const answers = trial.workers.map((it) => `w${it.worker} ${formatCount(it.answers)}`);
    lines.push({ label: '', text: `answers by worker: ${answers.join(', ')}` });
  }
  lines.push(...apiLines(trial));
  if (rollout !== null) {
    lines.push({
      label: 'DEPLOY',
      text: deployText(rollout, trial.service !== null),
    });
  }
  return lines;
}

function deployText(
  { replaced, workersPeak, durationMs, failure }: NonNullable<MeasuredTrial['rollout']>,
  ofService: boolean,
): string {
  const took = formatMs(durationMs);
  if (!ofService) {
    return `${plural(replaced, 'worker')} replaced in ${took}, at most ${formatCount(workersPeak)} at the same time`;
  }
  return failure === null
    ? `a second instance came and the first went in ${took}, at most ${plural(workersPeak, 'worker')} at the same time`
    : `a second instance was started beside the first, and after ${took} given up, so that the first went on: ${failure}`;
}

function predictedLines(trial: WatchedTrial, paint: Paint): readonly ReportLine[] {
  const { budget, connections, refusals, plan, service } = trial;
  const { predicted } = budget;
  const agrees = agreementText(trial, paint);
  const tried = trial.attempts.httpErrors['too_many_connections'] ?? 0;
  const hidden = plan.load.retry === null || tried === 0 ? '' : ` (${plural(tried, 'attempt')})`;
  const refused = `${formatCount(refusals.total)} refused${hidden}`;
  const lines: ReportLine[] = [
    { label: 'PREDICTED', text: predictedText(trial) },
    {
      label: 'OBSERVED',
      text: `${observedText(trial)}: peak ${formatCount(connections.peakWorkers)} of ${formatCount(predicted.usable)}, ${service === null ? refused : serviceRefusedText(trial, service)}  ${agrees}`,
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
  return lines;
}

/** Who is refused need not say so; the server's log does, where it is the lab's. */
function serviceRefusedText({ attempts }: WatchedTrial, service: ServiceReading): string {
  const told = attempts.httpErrors['too_many_connections'] ?? 0;
  const byAnswers = `${plural(told, 'answer')} ${told === 1 ? 'says' : 'say'} so`;
  const { refusalsLogged } = service;
  if (refusalsLogged === null) return told === 0 ? 'no answer says so' : byAnswers;
  const logged = `${plural(refusalsLogged, 'connection')} refused by PostgreSQL's log`;
  return refusalsLogged === 0 && told === 0 ? logged : `${logged}, ${byAnswers}`;
}

/** What an API that was not just started on its PostgreSQL leaves unseen. */
function apiLines({ api, service }: MeasuredTrial): readonly ReportLine[] {
  return [
    ...(api.target === null || service !== null
      ? []
      : [
          {
            label: 'TARGET',
            text: `${api.target}, which ran before and goes on. Not seen: whether it leaves connections behind; peaks of its pools that were not higher than earlier ones; who else asks it`,
          },
        ]),
    ...(api.via === null ? [] : [{ label: 'VIA', text: viaText(api.via, api.viaLimits) }]),
  ];
}

function viaText(via: string, limits: MeasuredTrial['api']['viaLimits']): string {
  if (limits === null) {
    return `${via}, through which the API connects and which opens on PostgreSQL what its own settings allow`;
  }
  return `${via}, through which the API connects: in ${limits.mode} mode, with ${plural(limits.servers, 'connection')} to PostgreSQL for this user and database, and ${plural(limits.clients, 'client')} free before the API came, as its console says`;
}
