import type { Claim } from './claim.ts';
import type { ProcessClaim } from './process-claim.ts';
import { type SlotSettings, usableSlots, withheldFrom } from './usable-slots.ts';

/** Extra pods of a rolling deploy: a count, or a share of the replicas that rounds up. */
export type Surge =
  | { readonly kind: 'count'; readonly pods: number }
  | { readonly kind: 'percent'; readonly percent: number };

export interface Deployment {
  readonly replicas: number;
  /** Processes of one replica, each with a pool of its own. */
  readonly workers: number;
  readonly claim: ProcessClaim;
  readonly surge: Surge;
  /** The autoscaler's maxReplicas; `null` without one. */
  readonly replicasMax: number | null;
}

export const SITUATIONS = [
  'floor',
  'ceiling',
  'rollout',
  'autoscaled',
  'autoscaled-rollout',
] as const;
export type Situation = (typeof SITUATIONS)[number];

/** What the deployment claims then, of whatever it connects to. */
export interface DeploymentSituation {
  readonly situation: Situation;
  readonly pods: number;
  readonly processes: number;
  readonly claimed: Claim;
}

export interface SituationBudget {
  readonly situation: Situation;
  readonly pods: number;
  readonly processes: number;
  readonly connections: Claim;
  readonly fits: boolean;
}

export interface DeploymentBudget {
  readonly usable: number;
  readonly situations: readonly SituationBudget[];
  /** Most connections a process may open so that today's pods fit; 0: not even one each. */
  readonly perProcessNow: number;
  /** The same for the worst situation: the deploy, at the autoscaler's maximum if there is one. */
  readonly perProcessSafe: number;
  /** `max_connections` at which the given shape fits in every situation; `null`: unbounded. */
  readonly maxConnectionsNeeded: Claim;
}

/** What a deployment claims in each situation, against what PostgreSQL can give. */
export function computeDeploymentBudget(
  deployment: Deployment,
  slots: SlotSettings,
): DeploymentBudget {
  const usable = usableSlots(slots);
  const { replicas, workers, claim } = deployment;
  const situations = situationsOf(deployment).map(({ claimed, ...rest }) => {
    return { ...rest, connections: claimed, fits: claimed !== null && claimed <= usable };
  });
  const processesNow = replicas * workers;
  const processesMost = Math.max(...situations.map(({ processes }) => processes));
  const worst = claim.most === null ? null : processesMost * claim.most;
  return {
    usable,
    situations,
    perProcessNow: Math.floor(usable / processesNow),
    perProcessSafe: Math.floor(usable / processesMost),
    maxConnectionsNeeded: worst === null ? null : worst + withheldFrom(slots) + slots.others,
  };
}

/**
 * The situations a deployment gets into, from idle to a deploy at the autoscaler's maximum.
 *
 * A rolling update holds `ceil(replicas × (1 + maxSurge))` pods (Kubernetes rounds the surge up).
 * Terminating pods do not count against maxSurge and come on top until they have closed their
 * pools; this is not in the numbers.
 */
export function situationsOf({
  replicas,
  replicasMax,
  surge,
  workers,
  claim,
}: Deployment): readonly DeploymentSituation[] {
  const situation = (name: Situation, pods: number, perProcess: Claim): DeploymentSituation => {
    const processes = pods * workers;
    const claimed = perProcess === null ? null : processes * perProcess;
    return { situation: name, pods, processes, claimed };
  };
  return [
    situation('floor', replicas, claim.idle),
    situation('ceiling', replicas, claim.most),
    situation('rollout', podsDuringRollout(replicas, surge), claim.most),
    ...(replicasMax === null
      ? []
      : [
          situation('autoscaled', replicasMax, claim.most),
          situation('autoscaled-rollout', podsDuringRollout(replicasMax, surge), claim.most),
        ]),
  ];
}

export function podsDuringRollout(replicas: number, surge: Surge): number {
  if (surge.kind === 'count') return replicas + surge.pods;
  // Whole numbers throughout: 20 × 1.15 would be 22.999999999999996 or 23, as the day goes.
  return replicas + Math.ceil((replicas * surge.percent) / 100);
}
