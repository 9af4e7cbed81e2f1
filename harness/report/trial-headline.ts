import type { MeasuredTrial } from '../analysis/trial-result.ts';
import {
  formatClaim,
  formatCount,
  formatMs,
  formatRate,
  formatShare,
  formatUsable,
  plural,
} from './format.ts';
import { shapeText } from './shape-text.ts';

/** The answer in one sentence, and whether it is good news. */
export interface Headline {
  readonly text: string;
  readonly good: boolean;
}

/** The worst thing that happened first: not believable, refused, starved, failed, nothing. */
export function trialHeadline(trial: MeasuredTrial): Headline {
  const finding = findingOf(trial);
  const incomplete =
    trial.ended === 'completed'
      ? ''
      : `INCOMPLETE, ${formatMs(trial.measuredMs)} of ${formatMs(trial.plan.durationMs)}: `;
  return { text: `${incomplete}${finding.text}`, good: finding.good && incomplete === '' };
}

function findingOf(trial: MeasuredTrial): Headline {
  const { plan, requests, refusals, budget, verdict, caveats } = trial;
  // That it was stopped early stands in front already, and hides nothing of what was seen.
  const fatal = caveats.find(({ grade, code }) => grade === 'INVALID' && code !== 'interrupted');
  if (verdict === 'INVALID' && (fatal !== undefined || trial.ended === 'completed')) {
    return { text: `INVALID, not to be believed: ${fatal?.detail ?? 'see VERDICT'}`, good: false };
  }
  const { usable, ceiling, rolloutCeiling } = budget.predicted;
  const claim = plan.rolloutSurge > 0 ? rolloutCeiling : ceiling;
  const formula = `${plural(plan.workers, 'worker')} × ${shapeText(plan.pool)}`;
  const during = plan.rolloutSurge > 0 ? ', in a rolling deploy' : '';
  const open = `${formula} can open ${formatClaim(claim)}${during}; ${formatUsable(usable)}`;
  if (refusals.total > 0) {
    const share = formatShare(refusals.total / Math.max(1, requests.scheduled));
    return {
      text: `EXHAUSTED: ${formatCount(refusals.total)} of ${plural(requests.scheduled, 'request')} refused (${share}, SQLSTATE 53300). ${open}`,
      good: false,
    };
  }
  const timeouts = requests.httpErrors['pool_timeout'] ?? 0;
  if (timeouts > 0) {
    return {
      text: `STARVED, not exhausted: ${formatCount(timeouts)} of ${plural(requests.scheduled, 'request')} got no connection from the pool (pool_timeout); 0 refused. ${open}`,
      good: false,
    };
  }
  const failed = requests.scheduled - requests.ok;
  if (failed > 0) {
    return {
      text: `FAILED REQUESTS: ${formatCount(failed)} of ${formatCount(requests.scheduled)}, none of them refused. ${open}`,
      good: false,
    };
  }
  const speed = `${formatRate(trial.throughputPerSecond)} requests/s, p99 ${formatMs(trial.latencyMs.ok.p99)}`;
  const fits = plan.rolloutSurge > 0 ? budget.predicted.fitsDuringRollout : budget.predicted.fits;
  return fits
    ? { text: `FITS: 0 refused at ${speed}. ${open}`, good: true }
    : { text: `NOT EXHAUSTED THIS TIME: 0 refused at ${speed}, but ${open}`, good: false };
}
