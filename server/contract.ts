/**
 * The seam between the server under test and everything that drives or watches it.
 *
 * The harness and the dashboards import this file and nothing else of `server/`; this file imports
 * nothing of `server/`. Whatever both sides must agree on stands here and nowhere else: the
 * configuration with its environment variables, route paths, response headers, metric names, error
 * classes, and the messages between the processes.
 */
import { z } from 'zod';

// ---------------------------------------------------------------------------------------------
// Configuration

/** `queue`: SQLAlchemy's QueuePool; `null`: a connection per checkout; `plain`: pg-pool as it comes. */
export const POOL_KINDS = ['queue', 'null', 'plain'] as const;
export type PoolKind = (typeof POOL_KINDS)[number];

/** Order in which idle connections are handed out again; SQLAlchemy's default is `fifo`. */
export const IDLE_ORDERS = ['fifo', 'lifo'] as const;
export type IdleOrder = (typeof IDLE_ORDERS)[number];

/** Bounds of everything a user can ask for; a lab on a laptop must not be able to run away. */
export const LIMITS = {
  workersMax: 64,
  poolConnectionsMax: 1_000,
  timeoutMsMax: 3_600_000,
  waitingMax: 100_000,
  seedMax: 2 ** 32 - 1,
  allowedHostsMax: 16,
} as const;

const milliseconds = z.int().min(0).max(LIMITS.timeoutMsMax);

/** What one worker's pool may hold: `poolSize` kept, `maxOverflow` more while needed. */
export const poolShapeSchema = z.strictObject({
  /** Connections kept when idle. 0 means unlimited, with nothing ever closed. */
  poolSize: z.int().min(0).max(LIMITS.poolConnectionsMax),
  /** Connections beyond `poolSize`, closed on return. −1 means unlimited. */
  maxOverflow: z.int().min(-1).max(LIMITS.poolConnectionsMax),
});
export type PoolShape = Readonly<z.infer<typeof poolShapeSchema>>;

export const poolConfigSchema = poolShapeSchema.extend({
  kind: z.enum(POOL_KINDS),
  /** One deadline over queue wait, TCP and authentication, in ms. 0 waits for ever. */
  poolTimeoutMs: milliseconds,
  /** Requests allowed to wait; one more is refused at once. `null`: no limit. */
  maxWaiting: z.int().min(0).max(LIMITS.waitingMax).nullable(),
  /** A connection older than this at checkout is replaced, in ms. `null`: never. */
  recycleMs: milliseconds.nullable(),
  /** One round trip at each checkout of a connection that is not new. */
  prePing: z.boolean(),
  /** A ROLLBACK round trip on every return. */
  resetOnReturn: z.boolean(),
  order: z.enum(IDLE_ORDERS),
  /** PostgreSQL's own timeouts for the pool's sessions, in ms. 0 is off. */
  statementTimeoutMs: milliseconds,
  lockTimeoutMs: milliseconds,
  idleInTransactionTimeoutMs: milliseconds,
});
export type PoolConfig = Readonly<z.infer<typeof poolConfigSchema>>;

/** SQLAlchemy 2.1's defaults, with PostgreSQL's own timeouts off as PostgreSQL has them. */
export const POOL_DEFAULTS: PoolConfig = {
  kind: 'queue',
  poolSize: 5,
  maxOverflow: 10,
  poolTimeoutMs: 30_000,
  maxWaiting: null,
  recycleMs: null,
  prePing: false,
  resetOnReturn: false,
  order: 'fifo',
  statementTimeoutMs: 0,
  lockTimeoutMs: 0,
  idleInTransactionTimeoutMs: 0,
};

/** `host:port` as it stands in a Host header: a name, an IPv4 address, or an IPv6 one in brackets. */
const authority = z
  .string()
  .regex(/^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]):[1-9]\d{0,4}$/, 'no host:port');

/**
 * By libpq's names. `require` encrypts and asks nobody who answers, `verify-ca` wants a certificate that the
 * authority signed, `verify-full` one of that host. Modes that may end unencrypted without a word are no modes.
 */
export const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Discrete fields on purpose: a pool built from a connection string shows its password. */
export const databaseConfigSchema = z.strictObject({
  /** A name, an address, or the directory of a socket (it begins with a slash). */
  host: z.string().min(1),
  /**
   * Address to connect to where it is not the host's own, e.g. that of a proxy: the certificate still has to be
   * the host's. @default the host
   */
  hostAddress: z.union([z.ipv4(), z.ipv6()]).optional(),
  port: z.int().min(1).max(65_535),
  user: z.string().min(1),
  password: z.string(),
  database: z.string().min(1),
  /** @default disable */
  sslMode: z.enum(SSL_MODES).optional(),
  /**
   * Path of the authority's certificate, as PEM. With it `require` is `verify-ca`, as libpq has it.
   * @default the authorities that Node knows
   */
  sslRootCert: z.string().min(1).optional(),
});
export type DatabaseConfig = Readonly<z.infer<typeof databaseConfigSchema>>;

// ---------------------------------------------------------------------------------------------
// Scripts of the user's own SQL, compiled

export const SCRIPT_LIMITS = {
  scriptsMax: 32,
  commandsMax: 500,
  weightMax: 1_000,
  /** They travel in one variable of the environment, of which Linux allows 128 KiB. */
  environmentCharactersMax: 100_000,
} as const;

/** What expressions call, operators among them; the last six know null, the others are null for it. */
export const SCRIPT_FUNCTIONS = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'mod',
  'negate',
  'bit_and',
  'bit_or',
  'bit_xor',
  'bit_not',
  'shift_left',
  'shift_right',
  'equal',
  'not_equal',
  'less',
  'less_equal',
  'abs',
  'double',
  'exp',
  'greatest',
  'int',
  'least',
  'ln',
  'pi',
  'power',
  'sqrt',
  'hash_fnv1a',
  'hash_murmur2',
  'random',
  'random_exponential',
  'random_gaussian',
  'random_zipfian',
  'and',
  'or',
  'not',
  'is_null',
  'is_true',
  'is_false',
] as const;
export type ScriptFunction = (typeof SCRIPT_FUNCTIONS)[number];

/** As pgbench has them: 64-bit integers (as digits here), doubles, booleans and null. */
export type ScriptExpression =
  | { readonly kind: 'integer'; readonly digits: string }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'variable'; readonly name: string }
  | {
      readonly kind: 'call';
      readonly name: ScriptFunction;
      readonly args: readonly ScriptExpression[];
    }
  | {
      readonly kind: 'case';
      readonly branches: readonly {
        readonly when: ScriptExpression;
        readonly result: ScriptExpression;
      }[];
      readonly otherwise: ScriptExpression;
    };

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/);

export const scriptExpressionSchema: z.ZodType<ScriptExpression> = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('integer'), digits: z.string().regex(/^-?\d{1,19}$/) }),
    z.strictObject({ kind: z.literal('double'), value: z.number() }),
    z.strictObject({ kind: z.literal('boolean'), value: z.boolean() }),
    z.strictObject({ kind: z.literal('null') }),
    z.strictObject({ kind: z.literal('variable'), name: variableName }),
    z.strictObject({
      kind: z.literal('call'),
      name: z.enum(SCRIPT_FUNCTIONS),
      args: z.array(scriptExpressionSchema),
    }),
    z.strictObject({
      kind: z.literal('case'),
      branches: z
        .array(z.strictObject({ when: scriptExpressionSchema, result: scriptExpressionSchema }))
        .min(1),
      otherwise: scriptExpressionSchema,
    }),
  ]),
);

/** What a statement does to the transaction: the API has to know when it is inside one. */
export const SCRIPT_TRANSACTION_ROLES = ['begin', 'commit', 'rollback', 'none'] as const;

/** One step of a script. `line` is that of the file, from 1. */
export const scriptCommandSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('set'),
    line: z.int().min(1),
    name: variableName,
    expression: scriptExpressionSchema,
  }),
  z.strictObject({
    kind: z.literal('sleep'),
    line: z.int().min(1),
    amount: scriptExpressionSchema,
    unitUs: z.union([z.literal(1), z.literal(1_000), z.literal(1_000_000)]),
  }),
  z.strictObject({
    kind: z.literal('sql'),
    line: z.int().min(1),
    /** One statement, its variables as `$1` and on. */
    text: z.string().min(1),
    /** Which variable each parameter is. */
    variables: z.array(variableName),
    transaction: z.enum(SCRIPT_TRANSACTION_ROLES),
  }),
]);
export type ScriptCommand = Readonly<z.infer<typeof scriptCommandSchema>>;

/** The user's own SQL: each request runs one of the scripts, drawn by weight, once, on one connection. */
export const scriptSetSchema = z.strictObject({
  scripts: z
    .array(
      z.strictObject({
        /** As it was named, e.g. `orders.sql`. */
        name: z.string().min(1),
        weight: z.int().min(1).max(SCRIPT_LIMITS.weightMax),
        commands: z.array(scriptCommandSchema).min(1).max(SCRIPT_LIMITS.commandsMax),
      }),
    )
    .min(1)
    .max(SCRIPT_LIMITS.scriptsMax),
  /**
   * Sessions begin in read-only transactions by a startup parameter; `false` where the role has it so, or
   * writes are allowed.
   */
  readOnlySessions: z.boolean(),
  /**
   * No statement runs longer, whatever a script sets: a little later its session is ended. 0: as long as it takes.
   */
  statementTimeoutMs: milliseconds,
});
export type ScriptSet = Readonly<z.infer<typeof scriptSetSchema>>;

export const serverConfigSchema = z.strictObject({
  host: z.string().min(1),
  /** 0 lets the system choose; the chosen one is in the `ready` message. */
  port: z.int().min(0).max(65_535),
  adminPort: z.int().min(0).max(65_535),
  /**
   * Host headers that the admin port answers to besides its own address and `localhost`, in lower case: who
   * asks over a published port or a container's name says that.
   */
  allowedHosts: z.array(authority).max(LIMITS.allowedHostsMax).readonly(),
  workers: z.int().min(1).max(LIMITS.workersMax),
  /** A graceful stop ends within this time plus one second. */
  graceMs: milliseconds,
  /** `false` replaces every metric by a no-op, to measure what the metrics cost. */
  instrumentation: z.boolean(),
  /** Of what the workloads draw at random; each worker draws a sequence of its own. */
  seed: z.int().min(0).max(LIMITS.seedMax),
  /**
   * `false` sends the workloads' named prepared statements without their names: parsed anew each time, and
   * bound to no session, as a pooler needs it that gives each transaction another one.
   */
  preparedStatements: z.boolean(),
  pool: poolConfigSchema,
  database: databaseConfigSchema,
  /** @default none: `SQL_PATH` is no route */
  sql: scriptSetSchema.optional(),
});
export type ServerConfig = Readonly<z.infer<typeof serverConfigSchema>>;

/**
 * The environment variable of each field of `ServerConfig`, by its path. The harness writes them,
 * `server/main.ts` reads them; the database's are libpq's own names.
 */
export const SERVER_ENV = {
  host: 'POOL_LAB_HOST',
  port: 'POOL_LAB_PORT',
  adminPort: 'POOL_LAB_ADMIN_PORT',
  allowedHosts: 'POOL_LAB_ALLOWED_HOSTS',
  workers: 'POOL_LAB_WORKERS',
  graceMs: 'POOL_LAB_GRACE_MS',
  instrumentation: 'POOL_LAB_INSTRUMENTATION',
  seed: 'POOL_LAB_SEED',
  preparedStatements: 'POOL_LAB_PREPARED_STATEMENTS',
  sql: 'POOL_LAB_SQL',
  'pool.kind': 'POOL_LAB_POOL_KIND',
  'pool.poolSize': 'POOL_LAB_POOL_SIZE',
  'pool.maxOverflow': 'POOL_LAB_MAX_OVERFLOW',
  'pool.poolTimeoutMs': 'POOL_LAB_POOL_TIMEOUT_MS',
  'pool.maxWaiting': 'POOL_LAB_MAX_WAITING',
  'pool.recycleMs': 'POOL_LAB_RECYCLE_MS',
  'pool.prePing': 'POOL_LAB_PRE_PING',
  'pool.resetOnReturn': 'POOL_LAB_RESET_ON_RETURN',
  'pool.order': 'POOL_LAB_POOL_ORDER',
  'pool.statementTimeoutMs': 'POOL_LAB_STATEMENT_TIMEOUT_MS',
  'pool.lockTimeoutMs': 'POOL_LAB_LOCK_TIMEOUT_MS',
  'pool.idleInTransactionTimeoutMs': 'POOL_LAB_IDLE_IN_TRANSACTION_TIMEOUT_MS',
  'database.host': 'PGHOST',
  'database.port': 'PGPORT',
  'database.user': 'PGUSER',
  'database.password': 'PGPASSWORD',
  'database.database': 'PGDATABASE',
  'database.hostAddress': 'PGHOSTADDR',
  'database.sslMode': 'PGSSLMODE',
  'database.sslRootCert': 'PGSSLROOTCERT',
} as const;
export type ServerEnvPath = keyof typeof SERVER_ENV;

/** What an unset nullable field (`maxWaiting`, `recycleMs`) is written as in the environment. */
export const ENV_NONE = 'none';

/**
 * `ServerConfig` as the environment `server/main.ts` reads back to the same configuration; a field that is left
 * out has no variable.
 */
export function serverConfigToEnv(config: ServerConfig): Record<string, string> {
  const { pool, database, sql, ...server } = config;
  const ofPool = Object.entries(pool).map(([key, value]) => [`pool.${key}`, value]);
  return {
    ...environmentOf({
      ...server,
      ...Object.fromEntries(ofPool),
      ...(sql === undefined ? {} : { sql: JSON.stringify(sql) }),
    }),
    ...databaseConfigToEnv(database),
  };
}

/** The database's part alone, for who needs no more. */
export function databaseConfigToEnv(database: DatabaseConfig): Record<string, string> {
  const entries = Object.entries(database).map(([key, value]) => [`database.${key}`, value]);
  return environmentOf(Object.fromEntries(entries));
}

type EnvironmentValue = string | number | boolean | null | undefined | readonly string[];

function environmentOf(valueByPathName: Readonly<Record<string, EnvironmentValue>>) {
  const valueByPath = new Map(Object.entries(valueByPathName));
  return Object.fromEntries(
    Object.entries(SERVER_ENV).flatMap(([path, variable]) => {
      const value = valueByPath.get(path);
      return value === undefined ? [] : [[variable, String(value ?? ENV_NONE)]];
    }),
  );
}

/**
 * What tells that a process is inside a container: a file of Docker's or Podman's, or the variable that
 * systemd-nspawn, Podman and LXC set.
 * There, and only there, the server listens on more than loopback.
 */
export const CONTAINER_MARKS = {
  files: ['/.dockerenv', '/run/.containerenv'],
  env: 'container',
} as const;

/** Role that the seeding grants the workloads' tables to; read by `server/seed.ts`. */
export const SEED_API_ROLE_ENV = 'POOL_LAB_API_ROLE';

// ---------------------------------------------------------------------------------------------
// HTTP

/** One route a workload: `/w/<workload>`, its parameters in the query string. */
export const WORKLOADS = [
  'point',
  'hot',
  'report',
  'hold',
  'remote-call',
  'stream',
  'fan-out',
  'mixed',
] as const;
export type Workload = (typeof WORKLOADS)[number];
export const WORKLOAD_PATH_PREFIX = '/w/';

/** Where the user's own SQL is run, and tried: `SCRIPT_QUERY` says which script, from 0. Routes only if there is any. */
export const SQL_PATH = `${WORKLOAD_PATH_PREFIX}sql`;
export const SQL_TRIAL_PATH = `${SQL_PATH}/try`;
export const SCRIPT_QUERY = 'script';

/** How one script fared that was run once and rolled back. */
export const scriptTrialSchema = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true) }),
  z.strictObject({
    ok: z.literal(false),
    /** Which of the script's commands failed, from 0. */
    command: z.int().min(0),
    errorClass: z.string(),
    sqlstate: z.string().nullable(),
    message: z.string(),
    /** PostgreSQL's own, in characters of the command's text, from 1. */
    position: z.int().nullable(),
    detail: z.string().nullable(),
    hint: z.string().nullable(),
  }),
]);
export type ScriptTrial = Readonly<z.infer<typeof scriptTrialSchema>>;

/** JSON Schema of one query parameter, with the default that makes it optional. */
export type ParameterSchema =
  | {
      readonly type: 'integer' | 'number';
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
      readonly description: string;
    }
  | { readonly type: 'boolean'; readonly default: boolean; readonly description: string }
  | {
      readonly type: 'string';
      readonly enum: readonly string[];
      readonly default: string;
      readonly description: string;
    };

/**
 * Sizes of the data the workloads work on. Small enough to seed in a second and to stay in memory,
 * large enough that a read by key is an index lookup and a report costs CPU.
 */
export const ACCOUNT_ROWS = 100_000;
/** Most hot rows a request may choose from; few of them are used at a time. */
export const HOT_ROWS = 64;
export const EVENT_ROWS = 50_000;

/** Longest time a parameter may ask for, so that no request outlives a trial's drain. */
const WORKLOAD_MS_MAX = 60_000;
/** Bounds what one request can claim; 16 checkouts a request is already an anti-pattern. */
const CHECKOUTS_MAX = 16;
const WEIGHT_MAX = 1_000;

const weight = (of: string, byDefault: number): ParameterSchema => ({
  type: 'integer',
  minimum: 0,
  maximum: WEIGHT_MAX,
  default: byDefault,
  description: `share of ${of} requests, relative to the other weights`,
});

/** The parameters of each workload; anything else in its query string is refused. */
export const WORKLOAD_PARAMETERS = {
  point: {
    key: {
      type: 'integer',
      minimum: 0,
      maximum: ACCOUNT_ROWS,
      default: 0,
      description: 'account to read; 0 takes a random one',
    },
  },
  hot: {
    rows: {
      type: 'integer',
      minimum: 1,
      maximum: HOT_ROWS,
      default: 4,
      description: 'hot rows that all requests share',
    },
    updates: {
      type: 'integer',
      minimum: 1,
      maximum: HOT_ROWS,
      default: 1,
      description: 'different rows one transaction updates, at most `rows`',
    },
  },
  report: {
    events: {
      type: 'integer',
      minimum: 1,
      maximum: EVENT_ROWS,
      default: 10_000,
      description: 'events aggregated; the cost grows a little faster than this',
    },
  },
  hold: {
    ms: {
      type: 'number',
      minimum: 0,
      maximum: WORKLOAD_MS_MAX,
      default: 20,
      description: 'time the statement runs, in ms',
    },
  },
  'remote-call': {
    ms: {
      type: 'number',
      minimum: 0,
      maximum: WORKLOAD_MS_MAX,
      default: 50,
      description: 'time the application is elsewhere, in ms',
    },
    tx: { type: 'boolean', default: false, description: 'whether a transaction stays open' },
  },
  stream: {
    rows: {
      type: 'integer',
      minimum: 1,
      maximum: EVENT_ROWS,
      default: 2_000,
      description: 'rows streamed, one JSON line each',
    },
  },
  'fan-out': {
    n: {
      type: 'integer',
      minimum: 1,
      maximum: CHECKOUTS_MAX,
      default: 3,
      description: 'checkouts of one request',
    },
    mode: {
      type: 'string',
      enum: ['concurrent', 'sequential', 'nested'],
      default: 'concurrent',
      description: 'nested holds each connection while it waits for the next',
    },
  },
  mixed: {
    point: weight('point', 80),
    hot: weight('hot', 10),
    hold: weight('hold', 9),
    report: weight('report', 1),
    seed: {
      type: 'integer',
      minimum: 0,
      maximum: 2 ** 32 - 1,
      default: 1,
      description: 'seed of the choices',
    },
  },
} as const satisfies Readonly<Record<Workload, Readonly<Record<string, ParameterSchema>>>>;

/** Answered without the database: what the HTTP layer alone costs. */
export const NOOP_PATH = '/noop';

/**
 * Request header: check the parameters, do nothing, answer 204. A mistake in them is found before any
 * load, and without a connection.
 */
export const VALIDATE_ONLY_HEADER = 'x-pool-lab-validate-only';

/**
 * On the primary's own port. `stats` is JSON (`ServerStats`), never older than its `ageMs` says; `config` is
 * JSON too (`ServerDescription`).
 */
export const ADMIN_PATHS = {
  metrics: '/metrics',
  health: '/healthz',
  ready: '/readyz',
  stats: '/stats',
  config: '/config',
} as const;

/** Response headers of every answer of a worker, in lower case as Node reports them. */
export const HEADERS = {
  /** Id of the worker that answered, as in metrics labels and application_name. */
  worker: 'x-pool-lab-worker',
  /** Error class; present exactly when the status is 4xx or 5xx. */
  errorClass: 'x-pool-lab-error',
  /** The finer reason within the class, e.g. which of 53300's texts. */
  errorReason: 'x-pool-lab-error-reason',
  serverTiming: 'server-timing',
} as const;

/**
 * Components of `Server-Timing`, in ms: `wait` for a slot of the pool, `connect` opening a new
 * connection, `db` while the connection was held, `loop` how late the process's own event loop was
 * (before it took the request up, and with each answer of the database; not contained in `connect` and
 * `db`; left out by a server without instrumentation), `total` from the request's arrival to the
 * answer's headers. `wait`, `connect` and `db` are sums
 * where a request checks out more than once. What is left of `total` is the API's own work.
 */
export const SERVER_TIMING = ['wait', 'connect', 'db', 'loop', 'total'] as const;
export type ServerTimingComponent = (typeof SERVER_TIMING)[number];

/** The closed set of reasons why a request failed. */
export const ERROR_CLASSES = [
  'pool_timeout',
  'too_many_connections',
  'db_unavailable',
  'db_auth',
  'statement_timeout',
  'lock_timeout',
  'deadlock',
  'tx_timeout',
  'client_abort',
  'conn_lost',
  'sql_error',
  'bad_request',
  'other',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/**
 * Which of its texts a refusal (SQLSTATE 53300) came with; they are told apart by message only.
 * `pooler_clients` is none of PostgreSQL: a pooler before it has as many clients as it takes
 * (`max_client_conn`), and says so by 08P01.
 */
export const REFUSAL_REASONS = [
  'all_slots',
  'superuser_reserved',
  'reserved',
  'role_limit',
  'database_limit',
  'pooler_clients',
  'unknown',
] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];
/** The one that is a pooler's; all others are PostgreSQL's. */
export const POOLER_REFUSAL = 'pooler_clients' satisfies RefusalReason;

/** Why the pool gave up: its deadline passed, or `maxWaiting` refused the request at once. */
export const POOL_TIMEOUT_REASONS = ['deadline', 'queue_full', 'closing'] as const;
export type PoolTimeoutReason = (typeof POOL_TIMEOUT_REASONS)[number];

export const HTTP_STATUS_OF_ERROR: Readonly<Record<ErrorClass, number>> = {
  pool_timeout: 503,
  too_many_connections: 503,
  db_unavailable: 503,
  db_auth: 500,
  statement_timeout: 504,
  lock_timeout: 504,
  deadlock: 409,
  tx_timeout: 500,
  client_abort: 499,
  conn_lost: 500,
  sql_error: 500,
  bad_request: 400,
  other: 500,
};

/** Body of every failed request. */
export const errorBodySchema = z.strictObject({
  error: z.strictObject({
    class: z.enum(ERROR_CLASSES),
    reason: z.string().optional(),
    sqlstate: z.string().optional(),
    message: z.string(),
  }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

// ---------------------------------------------------------------------------------------------
// Names seen by PostgreSQL and Prometheus

/** `application_name` of a worker's sessions: the prefix, then the worker's id. */
export const APPLICATION_NAME_PREFIX = 'pool-lab-w';
/** `application_name` of everything of the lab that is not a worker. */
export const MONITOR_APPLICATION_NAME = 'pool-lab-monitor';
export const SEED_APPLICATION_NAME = 'pool-lab-seed';

/** The schema that holds the workloads' tables; its comment marks it as the lab's own. */
export const LAB_SCHEMA = 'pool_lab';
/** How the schema's comment begins where the schema is the lab's to drop; its version may follow. */
export const LAB_SCHEMA_MARK = 'Belongs to pool-lab, which may drop it with everything in it.';

export const METRICS = {
  connectionCount: 'db_client_connection_count',
  connectionMax: 'db_client_connection_max',
  connectionIdleMax: 'db_client_connection_idle_max',
  pendingRequests: 'db_client_connection_pending_requests',
  waitSeconds: 'db_client_connection_wait_time_seconds',
  useSeconds: 'db_client_connection_use_time_seconds',
  createSeconds: 'db_client_connection_create_time_seconds',
  timeoutsTotal: 'db_client_connection_timeouts_total',
  pendingSecondsTotal: 'pool_lab_pending_request_seconds_total',
  saturatedSecondsTotal: 'pool_lab_saturated_seconds_total',
  pendingPeak: 'pool_lab_pending_requests_peak',
  usedPeak: 'pool_lab_connections_used_peak',
  overflowConnections: 'pool_lab_overflow_connections',
  overflowOpenedTotal: 'pool_lab_overflow_opened_total',
  connectErrorsTotal: 'pool_lab_connect_errors_total',
  connectionsOpenedTotal: 'pool_lab_connections_opened_total',
  connectionsClosedTotal: 'pool_lab_connections_closed_total',
  errorsTotal: 'pool_lab_errors_total',
  httpRequestSeconds: 'pool_lab_http_request_duration_seconds',
  eventLoopDelaySeconds: 'pool_lab_event_loop_delay_seconds',
  workerRestartsTotal: 'pool_lab_worker_restarts_total',
  snapshotAgeSeconds: 'pool_lab_worker_snapshot_age_seconds',
  poolTimeoutSeconds: 'pool_lab_pool_timeout_seconds',
  pgConnections: 'pool_lab_pg_connections',
  pgActiveConnections: 'pool_lab_pg_active_connections',
  pgMaxConnections: 'pool_lab_pg_max_connections',
  pgReservedConnections: 'pool_lab_pg_reserved_connections',
  pgTransactionsTotal: 'pool_lab_pg_transactions_total',
  pgSessionsTotal: 'pool_lab_pg_sessions_total',
  pgSampleAgeSeconds: 'pool_lab_pg_sample_age_seconds',
  budgetConnections: 'pool_lab_budget_connections',
  pgbouncerClients: 'pool_lab_pgbouncer_clients',
  pgbouncerServers: 'pool_lab_pgbouncer_servers',
  pgbouncerMaxWaitSeconds: 'pool_lab_pgbouncer_max_wait_seconds',
  pgbouncerTransactionsTotal: 'pool_lab_pgbouncer_transactions_total',
  pgbouncerQueriesTotal: 'pool_lab_pgbouncer_queries_total',
  pgbouncerWaitSecondsTotal: 'pool_lab_pgbouncer_wait_seconds_total',
} as const;

/**
 * What the harness exports on a port of its own: the load as its clients saw it, and who had the CPU.
 * Counters run on over warm-ups and trials.
 */
export const HARNESS_METRICS = {
  /** Users' requests that were due, dropped ones included. */
  offeredTotal: 'pool_lab_load_requests_offered_total',
  /** Never sent, because of a cap. */
  droppedTotal: 'pool_lab_load_requests_dropped_total',
  /** {result}: `LOAD_RESULTS`. */
  endedTotal: 'pool_lab_load_requests_ended_total',
  /** Right answers within the goodput deadline. */
  goodTotal: 'pool_lab_load_requests_good_total',
  inFlight: 'pool_lab_load_requests_in_flight',
  /** {percentile}, of right answers in the last second, from the intended start. */
  latencySeconds: 'pool_lab_load_latency_seconds',
  /** {percentile}, how late requests of the last second were taken up by the generator itself. */
  dispatchLagSeconds: 'pool_lab_load_dispatch_lag_seconds',
  /** 0 to 1, busy share of the generator's event loop in the last second. */
  utilizationRatio: 'pool_lab_load_generator_utilization_ratio',
  /** {phase}: 1 for the phase that the lab is in, 0 for the others. */
  phase: 'pool_lab_load_phase',
  /** {part}: `CPU_PARTS`; absent where the machine cannot tell. */
  cpuSecondsTotal: 'pool_lab_cpu_seconds_total',
  /** Time in which some process of the host waited for a CPU; absent where the machine cannot tell. */
  cpuPressureSecondsTotal: 'pool_lab_host_cpu_pressure_seconds_total',
} as const;

/**
 * How `worker` begins where it stands for what many long-dead workers counted; a number follows, another one
 * each time some are put to it. Such a series is constant: a `rate()` over it is 0, and its appearance is
 * no event.
 */
export const GONE_WORKERS_PREFIX = 'gone-';

/** `percentile` of metrics that have it: the median, the 99th, the maximum. */
export const METRIC_PERCENTILES = ['0.5', '0.99', '1'] as const;
export type MetricPercentile = (typeof METRIC_PERCENTILES)[number];

/** `result` of `HARNESS_METRICS.endedTotal`: right, by error class, or how it ended without an answer. */
export const LOAD_RESULTS = [
  'ok',
  ...ERROR_CLASSES,
  'connection_error',
  'timeout',
  'lost',
  'unanswered',
] as const;
export type LoadResultLabel = (typeof LOAD_RESULTS)[number];

export const LOAD_PHASES = ['idle', 'warmup', 'measure'] as const;
export type LoadPhase = (typeof LOAD_PHASES)[number];

export const CPU_PARTS = ['postgresql', 'api', 'generator'] as const;
export type CpuPart = (typeof CPU_PARTS)[number];

/** `state` of `pgConnections`: pg_stat_activity's own words, as labels. `starting` has no name yet. */
export const PG_CONNECTION_STATES = [
  'active',
  'idle',
  'idle_in_transaction',
  'idle_in_transaction_aborted',
  'starting',
  'other',
] as const;
export type PgConnectionState = (typeof PG_CONNECTION_STATES)[number];

/**
 * `worker` of `pgConnections` for sessions that are no worker's: the monitor's own, everybody else's, and
 * those that have not finished connecting, whose owner PostgreSQL does not know yet.
 */
export const PG_SESSION_OWNERS = {
  monitor: 'monitor',
  others: 'others',
  unknown: 'unknown',
} as const;

/** `wait_event_type` of `pgActiveConnections`, PostgreSQL's own; `none` runs or waits for a CPU. */
export const PG_WAIT_EVENT_TYPES = [
  'none',
  'Activity',
  'BufferPin',
  'Client',
  'Extension',
  'IO',
  'IPC',
  'InjectionPoint',
  'LWLock',
  'Lock',
  'Timeout',
  'other',
] as const;
export type PgWaitEventType = (typeof PG_WAIT_EVENT_TYPES)[number];

/** `bound` of `budgetConnections`. */
export const BUDGET_BOUNDS = ['floor', 'ceiling', 'usable'] as const;

/** `state` of `pgbouncerClients` and `pgbouncerServers`: columns of SHOW POOLS. */
export const PGBOUNCER_CLIENT_STATES = ['active', 'waiting'] as const;
export const PGBOUNCER_SERVER_STATES = ['active', 'idle', 'used', 'tested', 'login'] as const;

/** `reason` of `connectionsClosedTotal`. A pool that keeps nothing closes everything as `overflow`. */
export const CLOSE_REASONS = ['overflow', 'error', 'lifetime', 'shutdown'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

/**
 * `reason` of `connectErrorsTotal` for each reason of a refusal. By it, not by `sqlstate`, are PostgreSQL's own
 * refusals chosen: before 1.21 PgBouncer passes them on as 08P01, which is the code of its own too.
 */
export const CONNECT_ERROR_OF_REFUSAL = {
  all_slots: 'too_many_clients',
  superuser_reserved: 'reserved_superuser',
  reserved: 'reserved_role',
  role_limit: 'role_limit',
  database_limit: 'database_limit',
  pooler_clients: 'pooler_clients',
  // In words that are not known, as in another language than English.
  unknown: 'refused_unknown',
} as const satisfies Readonly<Record<RefusalReason, string>>;

/** All values of `reason` of `connectErrorsTotal`; the last three are no refusals. */
export const CONNECT_ERROR_REASONS = [
  ...REFUSAL_REASONS.map((reason) => CONNECT_ERROR_OF_REFUSAL[reason]),
  'unavailable',
  'auth',
  'other',
] as const;
export type ConnectErrorReason = (typeof CONNECT_ERROR_REASONS)[number];
/** Those of PostgreSQL's refusals, whichever SQLSTATE they came with. */
export const POSTGRES_REFUSALS: readonly ConnectErrorReason[] = REFUSAL_REASONS.filter(
  (reason) => reason !== POOLER_REFUSAL,
).map((reason) => CONNECT_ERROR_OF_REFUSAL[reason]);

// ---------------------------------------------------------------------------------------------
// What the server tells about itself

const count = z.int().min(0);

/**
 * One worker's account since its start. At rest `acquireStarted = acquireOk + acquireTimeout +
 * acquireError + waiting`, and `httpStarted = httpFinished + httpAborted + httpInFlight`.
 */
export const workerStatsSchema = z.strictObject({
  worker: count,
  pid: count,
  alive: z.boolean(),
  ready: z.boolean(),
  /** Age of this snapshot in ms; a blocked worker's grows. */
  ageMs: z.number().min(0),
  pool: z.strictObject({
    acquireStarted: count,
    acquireOk: count,
    acquireTimeout: count,
    acquireError: count,
    waiting: count,
    held: count,
    idle: count,
    /** Sockets being opened, and sockets being closed that still occupy their slot. */
    connecting: count,
    closing: count,
    opened: count,
    openFailed: count,
    closed: count,
    heldPeak: count,
    waitingPeak: count,
    waitingSeconds: z.number().min(0),
    saturatedSeconds: z.number().min(0),
    holdSeconds: z.number().min(0),
  }),
  http: z.strictObject({
    started: count,
    finished: count,
    aborted: count,
    inFlight: count,
    errors: z.partialRecord(z.enum(ERROR_CLASSES), count),
  }),
  cpuMs: z.number().min(0),
  eventLoopDelayMsP99: z.number().min(0),
  /** How often the process did nothing for half a second or more: blocked, stopped or starved. */
  eventLoopStalls: count,
  /**
   * Time the event loop spent working, and waiting for something to do, since start: a window's busy
   * share is taken from the differences.
   */
  eventLoopActiveMs: z.number().min(0),
  eventLoopIdleMs: z.number().min(0),
});
export type WorkerStats = Readonly<z.infer<typeof workerStatsSchema>>;

/** All workers there are and were since the primary started, dead ones with their last numbers. */
export const serverStatsSchema = z.strictObject({
  workers: z.array(workerStatsSchema),
  /** Workers that died without having been asked to. */
  crashes: count,
  primaryCpuMs: z.number().min(0),
});
export type ServerStats = Readonly<z.infer<typeof serverStatsSchema>>;

/** What the server is, for whoever did not start it: its configuration without the database's. */
export const serverDescriptionSchema = z.strictObject({
  product: z.literal('pool-lab'),
  workers: z.int().min(1).max(LIMITS.workersMax),
  instrumentation: z.boolean(),
  seed: z.int().min(0).max(LIMITS.seedMax),
  preparedStatements: z.boolean(),
  pool: poolConfigSchema,
});
export type ServerDescription = Readonly<z.infer<typeof serverDescriptionSchema>>;

/**
 * The database's side, as the harness's monitor sees it with its one connection. The server has no rights
 * to see this, and exports it beside its own numbers.
 */
export const serverSideSampleSchema = z.strictObject({
  /**
   * When PostgreSQL was asked for it, on the machine's own clock, `machineClockMs`. Not when it was told:
   * whoever looks, tells or listens may have stood still in between, and what is old must not look new.
   */
  takenAtMs: z.number(),
  maxConnections: count,
  superuserReserved: count,
  /** 0 before PostgreSQL 16. */
  reserved: count,
  /** Client backends; `worker` is an id or one of `PG_SESSION_OWNERS`. */
  connections: z.array(
    z.strictObject({
      state: z.enum(PG_CONNECTION_STATES),
      worker: z.string(),
      connections: count,
    }),
  ),
  /** The workers' active backends. */
  active: z.array(
    z.strictObject({ waitEventType: z.enum(PG_WAIT_EVENT_TYPES), connections: count }),
  ),
  /** Of the API's database since its statistics were reset; `sessions` from PostgreSQL 14 on. */
  transactions: z
    .strictObject({ committed: count, rolledBack: count, sessions: count.nullable() })
    .nullable(),
  /** `null`: unbounded. */
  budget: z.strictObject({ floor: count.nullable(), ceiling: count.nullable(), usable: count }),
  /** Sums over PgBouncer's pools of the API's database; `null`: there is no PgBouncer. */
  pgbouncer: z
    .strictObject({
      clients: z.record(z.enum(PGBOUNCER_CLIENT_STATES), count),
      servers: z.record(z.enum(PGBOUNCER_SERVER_STATES), count),
      maxWaitMs: z.number().min(0),
      /** Of SHOW STATS, since it started; `waitMs` of clients that have their connection by now. */
      totals: z
        .strictObject({ transactions: count, queries: count, waitMs: z.number().min(0) })
        .nullable(),
    })
    .nullable(),
});
export type ServerSideSample = Readonly<z.infer<typeof serverSideSampleSchema>>;

/**
 * A sample that is older no longer describes the database: six that should have come are missing. All but
 * its age vanishes then, so that a graph breaks off instead of going on as a straight line.
 */
export const SERVER_SIDE_AGE_MS_MAX = 3_000;

// ---------------------------------------------------------------------------------------------
// Messages over the IPC channel between a parent (the harness, a test) and the primary

/** Primary → parent. Without a parent the primary prints one line for each on stdout. */
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ready'),
    url: z.string(),
    adminUrl: z.string(),
    workers: z.array(z.strictObject({ worker: count, pid: count })),
  }),
  /**
   * All workers listen and the database has not answered yet: requests get 503 `db_unavailable`.
   * Sent at most once; the server goes on trying until it is `ready` or told to stop.
   */
  z.strictObject({
    type: z.literal('waiting'),
    url: z.string(),
    adminUrl: z.string(),
    message: z.string(),
  }),
  /** It will not get ready, or can go on no longer; the process exits with 1 after it. */
  z.strictObject({
    type: z.literal('failed'),
    code: z.enum(['port_in_use', 'db_unavailable', 'db_auth', 'crash_loop', 'not_ready']),
    message: z.string(),
  }),
  z.strictObject({
    type: z.literal('worker-died'),
    worker: count,
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
  }),
  z.strictObject({
    type: z.literal('rolling-restart-done'),
    replaced: count,
    durationMs: z.number(),
    /** Workers alive at the same moment at most: what the rollout ceiling multiplies. */
    workersPeak: count,
  }),
  z.strictObject({ type: z.literal('rolling-restart-failed'), message: z.string() }),
  z.strictObject({ type: z.literal('stopped') }),
]);
export type ServerMessage = Readonly<z.infer<typeof serverMessageSchema>>;

/** Parent → primary. The primary also stops when the channel closes: its parent is gone. */
export const parentMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('stop') }),
  /** Replace all workers, `surge` new ones up and ready before as many old ones drain. */
  z.strictObject({
    type: z.literal('rolling-restart'),
    surge: z.int().min(1).max(LIMITS.workersMax),
  }),
  /** What `metrics` shows of the database from now on. Sent about twice a second. */
  z.strictObject({ type: z.literal('server-side'), sample: serverSideSampleSchema }),
]);
export type ParentMessage = Readonly<z.infer<typeof parentMessageSchema>>;
