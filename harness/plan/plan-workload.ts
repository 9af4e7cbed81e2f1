import { z } from 'zod';
import { SCRIPT_LIMITS, WORKLOADS, type Workload } from '../../server/contract.ts';

/** What a request does: a workload of the lab's own API, or what is asked of a service of the user's own. */
export const REQUESTS_WORKLOAD = 'requests';

const FILE = String.raw`[^\s,+@]+\.sql`;
/** `orders.sql`, or several by weight: `orders.sql@3+list.sql@1`. */
export const SCRIPTS_PATTERN = String.raw`^${FILE}(?:@\d{1,4})?(?:\+${FILE}(?:@\d{1,4})?)*$`;
const SCRIPTS = new RegExp(SCRIPTS_PATTERN);

/** Scripts are named as they were given. */
export const planWorkloadSchema = z.union([
  z.enum([...WORKLOADS, REQUESTS_WORKLOAD]),
  z.string().regex(SCRIPTS),
]);
export type PlanWorkload = z.infer<typeof planWorkloadSchema>;

/** `null`: none of the lab's own API. */
export function ownWorkload(workload: PlanWorkload): Workload | null {
  return WORKLOADS.find((known) => known === workload) ?? null;
}

export interface WeightedScript {
  /** As it was given: a path. */
  readonly name: string;
  readonly weight: number;
}

/** The files of SQL that a request is one of; `null`: it is something else. */
export function scriptsOfWorkload(workload: PlanWorkload): readonly WeightedScript[] | null {
  if (!SCRIPTS.test(workload)) return null;
  return workload.split('+').map((part) => {
    const [name = '', weight] = part.split('@');
    return { name, weight: weight === undefined ? 1 : Number(weight) };
  });
}

/** What a mix of scripts gets wrong, and what to do about it. */
export function scriptsProblem(
  scripts: readonly WeightedScript[],
): { readonly problem: string; readonly remedy: string } | null {
  const { scriptsMax, weightMax } = SCRIPT_LIMITS;
  const names = scripts.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    return { problem: `names ${twice} twice`, remedy: 'give it once, with the sum of its weights' };
  }
  if (scripts.some(({ weight }) => weight < 1 || weight > weightMax)) {
    return {
      problem: 'has a weight that none can have',
      remedy: `give weights from 1 to ${weightMax}: orders.sql@3+list.sql@1`,
    };
  }
  if (scripts.length > scriptsMax) {
    return { problem: `names ${scripts.length} scripts`, remedy: `name ${scriptsMax} or fewer` };
  }
  return null;
}
