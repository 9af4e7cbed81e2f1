import type { Host } from '../analysis/trial-machine.ts';
import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { ABSENT, formatCount, formatMs, formatShare, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

/** Enough to see who waits for what; the rest is in the JSON. */
const WAIT_EVENTS_SHOWN = 4;
/** Less than this of the window is what every machine does now and then. */
const SHARE_SHOWN_MIN = 0.001;

/** What PostgreSQL's backends waited for, and who had the CPU. */
export function trialMachineLines(trial: MeasuredTrial): readonly ReportLine[] {
  const waits = waitText(trial.waitEventShares);
  const host = hostText(trial.host);
  return [
    ...(waits === '' ? [] : [{ label: 'WAITS', text: `active backends: ${waits}` }]),
    { label: 'CPU', text: cpuText(trial) },
    { label: 'GENERATOR', text: generatorText(trial) },
    ...(host === '' ? [] : [{ label: 'HOST', text: host }]),
  ];
}

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

/** CPU time over the window as a number of busy cores, and the busiest of the single threads. */
function cpuText({ cpuMs, measuredMs, environment, workers, service }: MeasuredTrial): string {
  const cores = (ms: number | null): string =>
    ms === null || measuredMs === 0 ? ABSENT : (ms / measuredMs).toFixed(2);
  const busiest = workers.reduce(
    (most, { eventLoopUtilization }) => Math.max(most, eventLoopUtilization),
    0,
  );
  const loops =
    workers.length === 0 ? '' : `; busiest event loop of the API ${formatShare(busiest)}`;
  const shares = [
    // Of somebody else's service, and of a database out of sight, it need not be known at all.
    cpuMs.postgres === null && service !== null ? [] : `PostgreSQL ${cores(cpuMs.postgres)}`,
    cpuMs.pooler === null ? [] : `PgBouncer ${cores(cpuMs.pooler)} (it has one thread)`,
    service === null
      ? `API ${cores(cpuMs.api)}`
      : cpuMs.api === null
        ? []
        : `service ${cores(cpuMs.api)}`,
    `load generator ${cores(cpuMs.generator)}`,
  ].flat();
  return `${shares.join(', ')} of ${plural(environment.cores, 'core')}${loops}`;
}

function generatorText({ generator }: MeasuredTrial): string {
  const { threads, eventLoopUtilization, dispatchLagMsP50, dispatchLagMsP99 } = generator;
  const reconnects =
    generator.reconnects === 0 ? '' : `, ${plural(generator.reconnects, 'reconnect')}`;
  const among = threads === 1 ? '' : `${formatCount(threads)} threads, the busiest `;
  return `${among}${formatShare(eventLoopUtilization)} busy, took requests up ${formatMs(dispatchLagMsP50)} late at p50, ${formatMs(dispatchLagMsP99)} at p99${reconnects}`;
}

/** Only what is worth a word: a machine with nothing to say has no line. */
function hostText({
  cpuPressureShare,
  throttledPeriods,
  throttledMs,
  cpuStealShare,
}: Host): string {
  return [
    worthAWord(cpuPressureShare)
      ? `somebody waited for a CPU ${formatShare(cpuPressureShare)} of the time`
      : [],
    worthAWord(cpuStealShare)
      ? `${formatShare(cpuStealShare)} of the CPU went to other machines`
      : [],
    throttledPeriods !== null && throttledPeriods > 0
      ? `out of CPU quota in ${plural(throttledPeriods, 'period')}, ${formatMs(throttledMs)} in all`
      : [],
  ]
    .flat()
    .join('; ');
}

function worthAWord(share: number | null): share is number {
  return share !== null && share >= SHARE_SHOWN_MIN;
}
