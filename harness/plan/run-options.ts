import {
  IDLE_ORDERS,
  LIMITS,
  POOL_DEFAULTS,
  POOL_KINDS,
  WORKLOADS,
  type Workload,
} from '../../server/contract.ts';
import { DATABASE_OPTIONS } from './database-options.ts';
import { DISTANCE_OPTIONS } from './distance-options.ts';
import { gateLimits } from './gate-parser.ts';
import { GATE_DEFAULTS } from './gates.ts';
import { LISTEN_OPTIONS } from './listen-options.ts';
import { LOAD_OPTIONS } from './load-options.ts';
import { option } from './option.ts';
import { POOLER_OPTIONS } from './pooler-options.ts';
import { SERVICE_OPTIONS } from './service-options.ts';
import { SQL_OPTIONS } from './sql-options.ts';
import { TARGET_OPTIONS } from './target-options.ts';
import { THRESHOLD_OPTIONS } from './thresholds/threshold-options.ts';
import { PLAN_LIMITS, TRANSPORTS, type Transport } from './trial-plan.ts';
import {
  absolutePath,
  assignments,
  choice,
  duration,
  orNone,
  path,
  wholeNumber,
  yesNo,
} from './value-parser.ts';
import { workloadName } from './workload-parser.ts';

const timeout = duration({ minMs: 0, maxMs: LIMITS.timeoutMsMax });
const slots = wholeNumber({ min: 0, max: PLAN_LIMITS.maxConnectionsMax });
const DEFAULT_WORKLOAD: Workload = 'point';
const DEFAULT_TRANSPORT: Transport = 'tcp';
/** More rounds of one cell say little more about its spread. */
const ROUNDS_MAX = 100;

/** Settings of PostgreSQL that have a flag of their own, or that the lab needs for itself. */
const REFUSED_PG_SETTINGS: ReadonlyMap<string, { problem: string; remedy: string }> = new Map([
  ...[
    ['max_connections', '--max-connections'] as const,
    ['superuser_reserved_connections', '--superuser-reserved'] as const,
    ['reserved_connections', '--reserved'] as const,
  ].map(([name, flag]): [string, { problem: string; remedy: string }] => [
    name,
    { problem: 'has a flag of its own', remedy: `use ${flag}` },
  ]),
  ...[
    'port',
    'listen_addresses',
    'unix_socket_directories',
    'data_directory',
    'hba_file',
    'ident_file',
    'config_file',
    'external_pid_file',
    'password_encryption',
    'logging_collector',
    'log_destination',
  ].map((name): [string, { problem: string; remedy: string }] => [
    name,
    {
      problem: 'is chosen by the lab, which could not reach the server otherwise',
      remedy: 'leave it out',
    },
  ]),
]);

/** Every setting of one trial. Flags, variables, help, messages and the README's table come from it. */
export const PLAN_OPTIONS = {
  workers: option('workers', {
    parser: wholeNumber({ min: 1, max: LIMITS.workersMax }),
    defaultValue: 4,
    description: 'API processes, each with a pool of its own',
  }),
  poolSize: option('pool-size', {
    parser: wholeNumber({
      min: 0,
      max: LIMITS.poolConnectionsMax,
      word: { text: 'unlimited', value: 0 },
    }),
    defaultValue: POOL_DEFAULTS.poolSize,
    description: 'connections a worker keeps when idle',
  }),
  maxOverflow: option('max-overflow', {
    parser: wholeNumber({
      min: -1,
      max: LIMITS.poolConnectionsMax,
      word: { text: 'unlimited', value: -1 },
    }),
    defaultValue: POOL_DEFAULTS.maxOverflow,
    description: 'connections beyond the pool size, closed on return',
  }),
  poolTimeout: option('pool-timeout', {
    parser: timeout,
    defaultValue: POOL_DEFAULTS.poolTimeoutMs,
    description: 'longest wait for a connection, connecting included; 0 waits for ever',
  }),
  maxWaiting: option('max-waiting', {
    parser: orNone(wholeNumber({ min: 0, max: LIMITS.waitingMax }), 'unlimited'),
    defaultValue: POOL_DEFAULTS.maxWaiting,
    description: 'requests of one worker that may wait; one more is refused at once',
  }),
  recycle: option('recycle', {
    parser: orNone(timeout, 'never'),
    defaultValue: POOL_DEFAULTS.recycleMs,
    description: 'a connection older than this at checkout is replaced',
  }),
  prePing: option('pre-ping', {
    parser: yesNo(),
    defaultValue: POOL_DEFAULTS.prePing,
    description: 'one round trip at each checkout to see whether the connection lives',
  }),
  resetOnReturn: option('reset-on-return', {
    parser: yesNo(),
    defaultValue: POOL_DEFAULTS.resetOnReturn,
    description: 'a ROLLBACK round trip on every return',
  }),
  poolOrder: option('pool-order', {
    parser: choice(IDLE_ORDERS, 'order'),
    defaultValue: POOL_DEFAULTS.order,
    description: 'which idle connection is handed out first: fifo (longest idle) or lifo',
  }),
  poolKind: option('pool-kind', {
    parser: choice(POOL_KINDS, 'kind'),
    defaultValue: POOL_DEFAULTS.kind,
    description: "queue (SQLAlchemy's semantics), null (no pool), plain (pg-pool as it comes)",
  }),
  statementTimeout: option('statement-timeout', {
    parser: timeout,
    defaultValue: POOL_DEFAULTS.statementTimeoutMs,
    description: "PostgreSQL's statement_timeout; 0 is off",
  }),
  lockTimeout: option('lock-timeout', {
    parser: timeout,
    defaultValue: POOL_DEFAULTS.lockTimeoutMs,
    description: "PostgreSQL's lock_timeout; 0 is off",
  }),
  idleInTransactionTimeout: option('idle-in-transaction-timeout', {
    parser: timeout,
    defaultValue: POOL_DEFAULTS.idleInTransactionTimeoutMs,
    description: "PostgreSQL's idle_in_transaction_session_timeout; 0 is off",
  }),
  workload: option('workload', {
    parser: workloadName(),
    defaultValue: DEFAULT_WORKLOAD,
    description: `what a request does: ${WORKLOADS.join(', ')}, or SQL of yours: orders.sql`,
  }),
  param: option('param', {
    parser: assignments({ name: /^[A-Za-z][\w-]*$/ }),
    defaultValue: {},
    description: 'a parameter of the workload, e.g. ms=20',
    repeatable: true,
  }),
  ...LOAD_OPTIONS,
  maxConnections: option('max-connections', {
    parser: wholeNumber({ min: 1, max: PLAN_LIMITS.maxConnectionsMax }),
    defaultValue: 100,
    description: "PostgreSQL's max_connections",
  }),
  superuserReserved: option('superuser-reserved', {
    parser: slots,
    defaultValue: 3,
    description: "PostgreSQL's superuser_reserved_connections",
  }),
  reserved: option('reserved', {
    parser: slots,
    defaultValue: 0,
    description: "PostgreSQL's reserved_connections",
  }),
  pgSetting: option('pg-setting', {
    parser: assignments({ name: /^[A-Za-z_][\w.]*$/, refused: REFUSED_PG_SETTINGS }),
    defaultValue: {},
    description: 'a further setting of PostgreSQL, e.g. shared_buffers=256MB',
    repeatable: true,
  }),
  dbTransport: option('db-transport', {
    parser: choice(TRANSPORTS, 'kind'),
    defaultValue: DEFAULT_TRANSPORT,
    description:
      'how the API reaches the database: tcp, tls (with a certificate made for it), socket (of the file system)',
  }),
  ...DISTANCE_OPTIONS,
  ...POOLER_OPTIONS,
  ...SERVICE_OPTIONS,
  ...SQL_OPTIONS,
  rollout: option('rollout', {
    parser: wholeNumber({ min: 0, max: LIMITS.workersMax }),
    defaultValue: 0,
    description: 'rolling restart in mid-window with this many extra workers; 0: none',
  }),
  gate: option('gate', {
    parser: gateLimits(),
    defaultValue: GATE_DEFAULTS,
    description:
      'when numbers are doubted, e.g. generator-utilization=0.7/0.9 (degraded/invalid) or interval-half-width=0.1',
    repeatable: true,
  }),
  ...THRESHOLD_OPTIONS,
  seed: option('seed', {
    parser: wholeNumber({ min: 0, max: 2 ** 32 - 1, placeholder: 'number' }),
    defaultValue: 1,
    description: 'seed of everything random',
  }),
} as const;

/** Where the lab keeps its files; every command that starts or removes something has it. */
export const PLACE_OPTIONS = {
  directory: option('directory', {
    parser: absolutePath(),
    defaultValue: '/var/tmp',
    description: "parent of the lab's own directory, which an unprivileged account must reach",
  }),
} as const;

/** How a result is printed; every command has it. */
export const OUTPUT_OPTIONS = {
  json: option('json', {
    parser: yesNo(),
    defaultValue: false,
    description: 'print JSON on stdout, errors too',
  }),
} as const;

const port = wholeNumber({ min: 0, max: 65_535, placeholder: 'number' });

/** Where the API and the harness's metrics listen; 0 lets the system choose. */
export const PORT_OPTIONS = {
  port: option('port', {
    parser: port,
    defaultValue: 0,
    description: "the API's port; 0: any free one",
  }),
  adminPort: option('admin-port', {
    parser: port,
    defaultValue: 0,
    description: 'port of /metrics, /healthz, /readyz, /stats; 0: any free one',
  }),
  metricsPort: option('metrics-port', {
    parser: orNone(port, 'none'),
    defaultValue: null,
    description:
      "port of the harness's own /metrics: the load, and who had the CPU; 0: any free one",
  }),
} as const;

export const RUN_OPTIONS = {
  ...PLAN_OPTIONS,
  rounds: option('rounds', {
    parser: wholeNumber({ min: 1, max: ROUNDS_MAX }),
    defaultValue: 1,
    description: 'trials of the same plan one after the other, each on fresh workers',
  }),
  config: {
    ...option('config', {
      parser: orNone(path(), 'none'),
      defaultValue: null,
      description:
        'file with settings, as sweep has one; of what has several values there a flag chooses one',
    }),
    // The variable names the file of a sweep, which is no reason to measure something else here.
    env: null,
  },
  ...DATABASE_OPTIONS,
  ...TARGET_OPTIONS,
  ...PORT_OPTIONS,
  ...LISTEN_OPTIONS,
  ...PLACE_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const;
