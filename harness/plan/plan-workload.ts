import { z } from 'zod';
import { WORKLOADS, type Workload } from '../../server/contract.ts';

/** What a request does: a workload of the lab's own API, or what is asked of a service of the user's own. */
export const REQUESTS_WORKLOAD = 'requests';
export const planWorkloadSchema = z.enum([...WORKLOADS, REQUESTS_WORKLOAD]);
export type PlanWorkload = z.infer<typeof planWorkloadSchema>;

/** `null`: none of the lab's own API. */
export function ownWorkload(workload: PlanWorkload): Workload | null {
  return WORKLOADS.find((known) => known === workload) ?? null;
}
