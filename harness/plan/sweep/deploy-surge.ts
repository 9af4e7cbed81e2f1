import type { SweepPlan } from './sweep-plan.ts';

/** Extra workers during the deploy that a cell with so many is predicted for: a service is replaced as a whole. */
export function deploySurge(
  { predictedSurge, base }: Pick<SweepPlan, 'predictedSurge' | 'base'>,
  workers: number,
): number {
  return base.service === null ? Math.max(predictedSurge, base.rolloutSurge) : workers;
}
