import { LIMITS, WORKLOADS } from '../../../server/contract.ts';
import { DATABASE_OPTIONS } from '../database-options.ts';
import { LOAD_OPTIONS } from '../load-options.ts';
import { option } from '../option.ts';
import { POOLER_LIMITS, type PoolerMode } from '../pooler.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS, PLAN_OPTIONS } from '../run-options.ts';
import { SWEEP_LIMITS } from '../sweep/sweep-plan.ts';
import { choice, orNone, wholeNumber } from '../value-parser.ts';

/** With more callers than slots, and a pool that fits: the situation in which people ask for a pooler. */
const DEFAULTS = {
  maxOverflow: 0,
  connections: 160,
  warmupMs: 500,
  durationMs: 5_000,
  maxConnections: 30,
  rounds: 3,
} as const;
/** What lets callers share connections without a pool of their own; sessions do not. */
const DEFAULT_MODE: PoolerMode = 'transaction';
/** Stands for a number that follows from the others; the report says which it was. */
const DERIVED = 'auto';

const { apiVia: _notWithAPoolerOfOurOwn, ...databaseOptions } = DATABASE_OPTIONS;

/** Every setting of the comparison of four ways: those of a trial that all four have, and each way's own. */
export const WAYS_OPTIONS = {
  workers: PLAN_OPTIONS.workers,
  poolSize: {
    ...PLAN_OPTIONS.poolSize,
    description: 'of the pool alone: connections a worker keeps when idle',
  },
  maxOverflow: {
    ...PLAN_OPTIONS.maxOverflow,
    defaultValue: DEFAULTS.maxOverflow,
    description: 'of the pool alone: connections beyond the pool size, closed on return',
  },
  smallPoolSize: option('small-pool-size', {
    parser: orNone(wholeNumber({ min: 1, max: LIMITS.poolConnectionsMax }), DERIVED),
    defaultValue: null,
    description:
      'of the small pool: connections a worker keeps to PgBouncer; auto: together as many as PgBouncer keeps to PostgreSQL',
  }),
  poolerMode: {
    ...PLAN_OPTIONS.poolerMode,
    defaultValue: DEFAULT_MODE,
    description: 'pool_mode: a client keeps its connection for a session or a transaction',
  },
  poolerSize: option('pooler-size', {
    parser: orNone(wholeNumber({ min: 1, max: POOLER_LIMITS.poolSizeMax }), DERIVED),
    defaultValue: null,
    description:
      'default_pool_size, its connections to PostgreSQL; auto: as many as the pool alone can open',
  }),
  poolerReserve: {
    ...PLAN_OPTIONS.poolerReserve,
    description: 'reserve_pool_size, further ones for clients that wait for long',
  },
  poolerClients: option('pooler-clients', {
    parser: orNone(wholeNumber({ min: 1, max: POOLER_LIMITS.clientsMax }), DERIVED),
    defaultValue: null,
    description:
      'max_client_conn, connections of the API; one more is refused; auto: enough for the load',
  }),
  preparedStatements: PLAN_OPTIONS.preparedStatements,
  poolTimeout: PLAN_OPTIONS.poolTimeout,
  workload: {
    ...PLAN_OPTIONS.workload,
    parser: choice(WORKLOADS, 'name'),
    description: `what a request does: ${WORKLOADS.join(', ')}`,
  },
  param: PLAN_OPTIONS.param,
  ...LOAD_OPTIONS,
  connections: { ...LOAD_OPTIONS.connections, defaultValue: DEFAULTS.connections },
  warmup: { ...LOAD_OPTIONS.warmup, defaultValue: DEFAULTS.warmupMs },
  duration: { ...LOAD_OPTIONS.duration, defaultValue: DEFAULTS.durationMs },
  maxConnections: { ...PLAN_OPTIONS.maxConnections, defaultValue: DEFAULTS.maxConnections },
  superuserReserved: PLAN_OPTIONS.superuserReserved,
  reserved: PLAN_OPTIONS.reserved,
  pgSetting: PLAN_OPTIONS.pgSetting,
  dbRtt: PLAN_OPTIONS.dbRtt,
  dbJitter: PLAN_OPTIONS.dbJitter,
  dbBandwidth: PLAN_OPTIONS.dbBandwidth,
  gate: PLAN_OPTIONS.gate,
  seed: PLAN_OPTIONS.seed,
  rounds: option('rounds', {
    parser: wholeNumber({ min: 1, max: SWEEP_LIMITS.roundsMax }),
    defaultValue: DEFAULTS.rounds,
    description:
      'times that each way is measured, in turns; two are the least that gives intervals',
  }),
  ...databaseOptions,
  ...PLACE_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const;
