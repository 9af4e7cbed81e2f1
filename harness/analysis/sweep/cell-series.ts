import type { MeasuredTrial } from '../trial-result.ts';
import type { MeasuredRound } from './cell-rounds.ts';
import type { CellResult } from './sweep-result.ts';

type Second = MeasuredTrial['seconds'][number];

const MS_PER_SECOND = 1000;

/**
 * The seconds of one round's window as columns, without the drain. Where there are more than
 * `pointsMax`, as many as needed are put together: rates and requests in flight are means over the step,
 * and of percentiles and connections the highest of its seconds is shown, since percentiles of seconds
 * cannot be put together and a peak must not vanish.
 *
 * @param pointsMax at least 1
 */
export function cellSeries(
  { round, trial }: MeasuredRound,
  pointsMax: number,
): CellResult['series'] {
  const { seconds, measuredMs } = trial;
  const inWindow = seconds.filter(({ second }) => second * MS_PER_SECOND < measuredMs);
  if (inWindow.length === 0) return null;
  const stepSeconds = Math.ceil(inWindow.length / pointsMax);
  const steps = Array.from({ length: Math.ceil(inWindow.length / stepSeconds) }, (_, index) =>
    inWindow.slice(index * stepSeconds, (index + 1) * stepSeconds),
  );
  const column = <T>(read: (step: readonly Second[]) => T): T[] => steps.map(read);
  const rate = (read: (second: Second) => number) =>
    column((step) => sumOf(step, read) / insideSeconds(step, measuredMs));
  const highest = (read: (second: Second) => number | null) =>
    column((step) => {
      const known = step.map(read).filter((value) => value !== null);
      return known.length === 0 ? null : Math.max(...known);
    });
  return {
    round,
    stepSeconds,
    startedPerSecond: rate(({ started }) => started),
    okPerSecond: rate(({ ok }) => ok),
    goodPerSecond: rate(({ good }) => good),
    errorPerSecond: rate(({ error }) => error),
    inFlightMean: column((step) => sumOf(step, ({ inFlightMean }) => inFlightMean) / step.length),
    latencyMsP50: highest(({ latencyMsP50 }) => latencyMsP50),
    latencyMsP99: highest(({ latencyMsP99 }) => latencyMsP99),
    connectionsPeak: highest(({ connectionsPeak }) => connectionsPeak),
  };
}

/** The last second of a window may be a part of one. */
function insideSeconds(step: readonly Second[], measuredMs: number): number {
  const insideMs = sumOf(step, ({ second }) =>
    Math.min(MS_PER_SECOND, measuredMs - second * MS_PER_SECOND),
  );
  return insideMs / MS_PER_SECOND;
}

function sumOf(step: readonly Second[], read: (second: Second) => number): number {
  return step.reduce((sum, second) => sum + read(second), 0);
}
