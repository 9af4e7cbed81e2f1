import type { Claim } from './claim.ts';
import { type DeployedPooler, deployedLimits } from './deployed-pooler.ts';
import { type Deployment, type Situation, situationsOf } from './deployment-budget.ts';
import { claimBehind } from './pooled-budget.ts';
import { type SlotSettings, usableSlots, withheldFrom } from './usable-slots.ts';

/**
 * What can be too little: the clients that the pooler takes, in session mode its connections, which pools that
 * keep theirs do not share, and the slots of PostgreSQL.
 */
export const POOLED_LIMITS = ['max_client_conn', 'sessions', 'usable'] as const;
export type PooledLimit = (typeof POOLED_LIMITS)[number];

export interface PooledSituation {
  readonly situation: Situation;
  readonly pods: number;
  readonly processes: number;
  /** The pools' connections, which are the pooler's clients. */
  readonly clients: Claim;
  /** What of them reaches PostgreSQL at most, and what the other pairs may have there. */
  readonly connections: number;
  /** Empty: it fits. */
  readonly exceeds: readonly PooledLimit[];
  readonly fits: boolean;
}

/** What a deployment claims in each situation of the pooler, and the pooler of PostgreSQL. */
export interface PooledDeploymentBudget {
  readonly usable: number;
  /** Clients that all processes of the pooler take together. */
  readonly takes: number;
  /** Connections to PostgreSQL that they open for the deployment, at most. */
  readonly opens: number;
  readonly opensForOthers: number;
  readonly situations: readonly PooledSituation[];
  /** Most connections that a process of the deployment may open so that today's pods fit; 0: not even one each. */
  readonly perProcessNow: number;
  /** The same for the worst situation. */
  readonly perProcessSafe: number;
  /** `max_client_conn` that takes the worst situation's clients, spread evenly; `null`: unbounded. */
  readonly maxClientConnNeeded: Claim;
  /** Largest `default_pool_size` whose connections PostgreSQL has, for every pair; 0: none. */
  readonly defaultPoolSizeFits: number;
  /** `max_connections` that has a slot for each connection of the pooler in every situation. */
  readonly maxConnectionsNeeded: number;
}

export interface PooledQuestion {
  readonly deployment: Deployment;
  readonly slots: SlotSettings;
  readonly pooler: DeployedPooler;
  /** `false`: a connection is opened for a request and closed after it. */
  readonly keepsConnections: boolean;
}

/**
 * The pools' connections are the pooler's clients, and what reaches PostgreSQL is the pooler's: two budgets. In
 * session mode a client has its connection until it leaves; those of a pool stay, so that each needs one, and
 * only who keeps nothing takes turns.
 */
export function computePooledBudget({
  deployment,
  slots,
  pooler,
  keepsConnections,
}: PooledQuestion): PooledDeploymentBudget {
  const usable = usableSlots(slots);
  const limits = deployedLimits(pooler);
  const { takes, opens, opensForOthers } = limits;
  const oneEach = pooler.mode === 'session' && keepsConnections;
  const situations = situationsOf(deployment).map((at): PooledSituation => {
    const { claimed: clients, ...rest } = at;
    const connections =
      claimBehind({ mode: pooler.mode, servers: opens, clients: takes }, clients) + opensForOthers;
    const isBeyond: Readonly<Record<PooledLimit, boolean>> = {
      max_client_conn: clients === null || clients > takes,
      sessions: oneEach && (clients === null || clients > opens),
      usable: connections > usable,
    };
    const exceeds = POOLED_LIMITS.filter((limit) => isBeyond[limit]);
    return { ...rest, clients, connections, exceeds, fits: exceeds.length === 0 };
  });

  const bounds = [
    takes,
    ...(oneEach ? [opens] : []),
    ...(opens + opensForOthers > usable ? [Math.max(0, usable - opensForOthers)] : []),
  ];
  const clientsMost = Math.min(...bounds);
  const worst = worstClaim(situations.map(({ clients }) => clients));
  const processesMost = Math.max(...situations.map(({ processes }) => processes));
  const needed = Math.max(...situations.map(({ connections }) => connections));
  return {
    usable,
    ...limits,
    situations,
    perProcessNow: Math.floor(clientsMost / (deployment.replicas * deployment.workers)),
    perProcessSafe: Math.floor(clientsMost / processesMost),
    maxClientConnNeeded: worst === null ? null : Math.ceil(worst / pooler.processes),
    defaultPoolSizeFits: Math.max(
      0,
      Math.floor(usable / (pooler.pairs * pooler.processes)) - pooler.reservePoolSize,
    ),
    maxConnectionsNeeded: needed + withheldFrom(slots) + slots.others,
  };
}

/** The most that any situation claims; `null`: one of them is unbounded. */
function worstClaim(claims: readonly Claim[]): Claim {
  return claims.reduce((most, claim) => {
    return most === null || claim === null ? null : Math.max(most, claim);
  }, 0);
}
