import { sessionsPerSecond } from '../../analysis/inspection/find-causes.ts';
import type { Inspection } from '../../analysis/inspection/judged-inspection.ts';
import { ABSENT, formatCount, formatRate } from '../format.ts';
import { inspectionVerdict } from './inspection-verdict.ts';
import { meanText } from './mean-text.ts';

/** Two lines a look, for a log: when and the verdict, then the numbers; a third for what was missed. */
export function inspectionBlock({ observation, causes, thresholds }: Inspection): string {
  const { takenAt, slots, mean, role } = observation;
  const perSecond = sessionsPerSecond(observation);
  const state = (value: number): string => (role.seesEverybody ? meanText(value) : ABSENT);
  const missed = thresholds
    .filter(({ met }) => !met)
    .map(({ expression, detail }) => `  ✗ ${expression}: ${detail}\n`);
  return `${takenAt} ${inspectionVerdict(observation, causes).text}
  ${formatCount(slots.used)} taken: active ${state(mean.active)}, idle ${state(mean.idle)}, idle in transaction ${state(mean.idle_in_transaction)}, connecting ${state(mean.starting)}, waiting for locks ${state(mean.lockWaits)}; ${perSecond === null ? ABSENT : formatRate(perSecond)} new/s
${missed.join('')}`;
}
