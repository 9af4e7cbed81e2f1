import {
  type DatabaseConfig,
  ENV_NONE,
  LIMITS,
  POOL_DEFAULTS,
  POOL_KINDS,
  SERVER_ENV,
  type ServerConfig,
  type ServerEnvPath,
  SSL_MODES,
  serverConfigSchema,
} from './contract.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: ServerConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Parses the environment into a frozen configuration, or reports all its problems together.
 *
 * @param options.inContainer whether others reach a port of this process only where the container's owner
 *   published it; only then may it listen on more than loopback
 */
export function parseServerConfig(
  environment: Environment,
  { inContainer }: { readonly inContainer: boolean },
): ParsedConfig {
  const parsed = serverConfigSchema.safeParse(readAll(environment));
  const problems = parsed.success
    ? crossFieldProblems(parsed.data, inContainer)
    : schemaProblems(parsed.error.issues, environment);
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  const { pool, database, allowedHosts, ...server } = parsed.data;
  return {
    ok: true,
    config: Object.freeze({
      ...server,
      allowedHosts: Object.freeze(allowedHosts),
      pool: Object.freeze(pool),
      database: Object.freeze(database),
    }),
  };
}

export type ParsedDatabaseConfig =
  | { readonly ok: true; readonly database: DatabaseConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

/** The database's part alone, for who needs no more. */
export function parseDatabaseConfig(environment: Environment): ParsedDatabaseConfig {
  const partSchema = serverConfigSchema.pick({ database: true });
  const { database } = readAll(environment);
  const parsed = partSchema.safeParse({ database });
  const problems = parsed.success
    ? databaseProblems(parsed.data.database)
    : schemaProblems(parsed.error.issues, environment);
  if (!parsed.success || problems.length > 0) return { ok: false, problems };
  return { ok: true, database: Object.freeze(parsed.data.database) };
}

type FieldValue = string | number | boolean | object | null | readonly string[];

interface Field {
  readonly read: (raw: string) => FieldValue;
  /** Value when the variable is unset or empty; absent where there is no sensible one. */
  readonly fallback?: FieldValue;
  readonly remedy: string;
}

const text = (raw: string): FieldValue => raw;
// What is no plain number stays a string, so that the schema refuses it instead of guessing.
const number = (raw: string): FieldValue => (/^-?\d+(\.\d+)?$/.test(raw) ? Number(raw) : raw);
const numberOrNone = (raw: string): FieldValue => (raw === ENV_NONE ? null : number(raw));
const list = (raw: string): FieldValue => raw.split(',').map((item) => item.trim());
const flag = (raw: string): FieldValue => (raw === 'true' ? true : raw === 'false' ? false : raw);

/** What is no JSON stays a string, which the schema refuses. */
const json = (raw: string): FieldValue => {
  try {
    const value: unknown = JSON.parse(raw);
    return typeof value === 'object' && value !== null ? value : raw;
  } catch {
    return raw;
  }
};

const pool = POOL_DEFAULTS;
const portRemedy = 'set it to a port from 0 (the system chooses) to 65535';
const msRemedy = (zero: string) =>
  `set it to whole milliseconds from 0 (${zero}) to ${LIMITS.timeoutMsMax}`;
const flagRemedy = 'set it to true or false';

const FIELDS: Readonly<Record<ServerEnvPath, Field>> = {
  host: {
    read: text,
    fallback: '127.0.0.1',
    remedy: 'set it to a loopback address: 127.0.0.1 or ::1',
  },
  port: { read: number, fallback: 0, remedy: portRemedy },
  adminPort: { read: number, fallback: 0, remedy: portRemedy },
  allowedHosts: {
    read: list,
    fallback: [],
    remedy: `set it to at most ${LIMITS.allowedHostsMax} times host:port in lower case, with commas between them`,
  },
  workers: {
    read: number,
    fallback: 2,
    remedy: `set it to a whole number from 1 to ${LIMITS.workersMax}`,
  },
  graceMs: { read: number, fallback: 5_000, remedy: msRemedy('no grace') },
  instrumentation: { read: flag, fallback: true, remedy: flagRemedy },
  seed: {
    read: number,
    fallback: 1,
    remedy: `set it to a whole number from 0 to ${LIMITS.seedMax}`,
  },
  preparedStatements: { read: flag, fallback: true, remedy: flagRemedy },
  sql: { read: json, remedy: 'leave it unset: pool-lab run --workload file.sql sets it' },
  'pool.kind': {
    read: text,
    fallback: pool.kind,
    remedy: `set it to one of ${POOL_KINDS.join(', ')}`,
  },
  'pool.poolSize': {
    read: number,
    fallback: pool.poolSize,
    remedy: `set it to a whole number from 0 (unlimited) to ${LIMITS.poolConnectionsMax}`,
  },
  'pool.maxOverflow': {
    read: number,
    fallback: pool.maxOverflow,
    remedy: `set it to a whole number from -1 (unlimited) to ${LIMITS.poolConnectionsMax}`,
  },
  'pool.poolTimeoutMs': {
    read: number,
    fallback: pool.poolTimeoutMs,
    remedy: msRemedy('wait for ever'),
  },
  'pool.maxWaiting': {
    read: numberOrNone,
    fallback: pool.maxWaiting,
    remedy: `set it to ${ENV_NONE} or a whole number from 0 to ${LIMITS.waitingMax}`,
  },
  'pool.recycleMs': {
    read: numberOrNone,
    fallback: pool.recycleMs,
    remedy: `set it to ${ENV_NONE} or whole milliseconds up to ${LIMITS.timeoutMsMax}`,
  },
  'pool.prePing': { read: flag, fallback: pool.prePing, remedy: flagRemedy },
  'pool.resetOnReturn': { read: flag, fallback: pool.resetOnReturn, remedy: flagRemedy },
  'pool.order': { read: text, fallback: pool.order, remedy: 'set it to fifo or lifo' },
  'pool.statementTimeoutMs': {
    read: number,
    fallback: pool.statementTimeoutMs,
    remedy: msRemedy('off'),
  },
  'pool.lockTimeoutMs': { read: number, fallback: pool.lockTimeoutMs, remedy: msRemedy('off') },
  'pool.idleInTransactionTimeoutMs': {
    read: number,
    fallback: pool.idleInTransactionTimeoutMs,
    remedy: msRemedy('off'),
  },
  'database.host': {
    read: text,
    fallback: '127.0.0.1',
    remedy: 'set it to the host of PostgreSQL',
  },
  'database.port': { read: number, fallback: 5_432, remedy: 'set it to a port from 1 to 65535' },
  'database.user': {
    read: text,
    remedy: 'set it to an ordinary (not superuser) role of PostgreSQL',
  },
  'database.password': { read: text, fallback: '', remedy: "set it to the role's password" },
  'database.database': { read: text, remedy: 'set it to the name of the database' },
  'database.hostAddress': {
    read: text,
    remedy: 'set it to the IP address to connect to, or leave it out',
  },
  'database.sslMode': {
    read: text,
    remedy: `set it to one of ${SSL_MODES.join(', ')}: prefer and allow may end unencrypted without a word`,
  },
  'database.sslRootCert': {
    read: text,
    remedy: 'set it to the path of the certificate of an authority',
  },
};

function isPath(path: string): path is ServerEnvPath {
  return Object.hasOwn(SERVER_ENV, path);
}

function readField(path: ServerEnvPath, environment: Environment): FieldValue | undefined {
  const raw = environment[SERVER_ENV[path]];
  const field = FIELDS[path];
  return raw === undefined || raw === '' ? field.fallback : field.read(raw);
}

function readAll(environment: Environment) {
  const paths = Object.keys(FIELDS).filter(isPath);
  const values = new Map(paths.map((path) => [path, readField(path, environment)]));
  const group = (prefix: string) =>
    Object.fromEntries(
      [...values]
        .filter(([path]) => path.startsWith(prefix))
        .map(([path, value]) => [path.slice(prefix.length), value]),
    );
  const server = [...values].filter(([path]) => !path.includes('.'));
  return { ...Object.fromEntries(server), pool: group('pool.'), database: group('database.') };
}

function schemaProblems(issues: readonly Issue[], environment: Environment): string[] {
  const problems = issues.map((issue) => {
    // Of a list, the whole is named: it is one variable.
    const path = issue.path.filter((key) => typeof key === 'string').join('.');
    return isPath(path) ? problemOf(path, environment, issue.message) : `${path}: ${issue.message}`;
  });
  return [...new Set(problems)];
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function problemOf(path: ServerEnvPath, environment: Environment, message: string): string {
  const variable = SERVER_ENV[path];
  const raw = environment[variable];
  const { remedy } = FIELDS[path];
  if (raw === undefined || raw === '') return `${variable} is not set; ${remedy}`;
  // A password is named, never shown.
  const shown = path === 'database.password' ? '(hidden)' : JSON.stringify(raw);
  // Scripts are long, and what is wrong inside them is said.
  if (path === 'sql') return `${variable}: ${message}; ${remedy}`;
  return `${variable}=${shown}: ${message}; ${remedy}`;
}

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '::1', 'localhost']);

function crossFieldProblems(config: ServerConfig, inContainer: boolean): string[] {
  const problems: string[] = [];
  if (!LOOPBACK_HOSTS.has(config.host) && !inContainer) {
    problems.push(
      `${SERVER_ENV.host}=${JSON.stringify(config.host)}: the lab listens on loopback only, unless inside a container; ${FIELDS.host.remedy}`,
    );
  }
  const connectionsMax = config.pool.poolSize + config.pool.maxOverflow;
  if (connectionsMax > LIMITS.poolConnectionsMax) {
    problems.push(
      `${SERVER_ENV['pool.poolSize']}=${config.pool.poolSize} + ${SERVER_ENV['pool.maxOverflow']}=${config.pool.maxOverflow}` +
        ` is ${connectionsMax} connections a worker; lower one of them so that both are at most ${LIMITS.poolConnectionsMax}`,
    );
  }
  problems.push(...databaseProblems(config.database));
  if (config.port !== 0 && config.port === config.adminPort) {
    problems.push(
      `${SERVER_ENV.port} and ${SERVER_ENV.adminPort} are both ${config.port}; give them different ports`,
    );
  }
  return problems;
}

/** Encryption that was asked for and would not be there. */
function databaseProblems({ host, sslMode, sslRootCert }: ServerConfig['database']): string[] {
  const mode = SERVER_ENV['database.sslMode'];
  if (sslRootCert !== undefined && sslMode === undefined) {
    return [
      `${SERVER_ENV['database.sslRootCert']} is set and ${mode} is not, so that nothing would be encrypted; set ${mode} to verify-full, or unset both`,
    ];
  }
  if (host.startsWith('/') && sslMode !== undefined && sslMode !== 'disable') {
    return [
      `${mode}=${JSON.stringify(sslMode)}: PostgreSQL encrypts nothing over a socket, which ${SERVER_ENV['database.host']}=${JSON.stringify(host)} is; set ${mode} to disable`,
    ];
  }
  return [];
}
