import { WORKLOAD_PARAMETERS } from '../../server/contract.ts';
import type { TrialPlan } from './trial-plan.ts';

/** Connections that one request can have at the same time; all workloads but one work with a single one. */
export function checkoutsOfRequest({
  workload,
  workloadParams,
}: Pick<TrialPlan, 'workload' | 'workloadParams'>): number {
  if (workload !== 'fan-out' || workloadParams['mode'] === 'sequential') return 1;
  return Number(workloadParams['n'] ?? WORKLOAD_PARAMETERS['fan-out'].n.default);
}
