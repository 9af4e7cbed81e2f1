import type { Interval, MeasuredTrial } from '../analysis/trial-result.ts';
import { ABSENT, formatMs, formatRate } from './format.ts';
import { intervalText } from './interval-text.ts';

/** `809 [797–822]`, an estimate with its 95 % interval; a withheld one is a dash. */
export function rateText(perSecond: number | null, interval: Interval | null): string {
  if (perSecond === null) return ABSENT;
  return formatRate(perSecond) + intervalText(interval, formatRate);
}

/** Throughput never without goodput: an answer that came too late is no use to who asked. */
export function speedText(trial: MeasuredTrial): string {
  const { throughputPerSecond, throughputInterval, goodputPerSecond, goodputInterval } = trial;
  const deadline = formatMs(trial.plan.load.goodputDeadlineMs);
  return `${rateText(throughputPerSecond, throughputInterval)} right answers/s, ${rateText(goodputPerSecond, goodputInterval)} within ${deadline}`;
}

/** The same of the whole run, for where nothing steady stands for it. */
export function wholeRunText({ wholeRun, plan }: MeasuredTrial): string {
  return `whole run: ${formatRate(wholeRun.throughputPerSecond)} right answers/s, ${formatRate(wholeRun.goodputPerSecond)} within ${formatMs(plan.load.goodputDeadlineMs)}`;
}
