import type { Dialect } from './dialect.ts';
import type { ProcessClaim } from './process-claim.ts';

/** How one library behaves when nobody has configured it. */
export interface Preset {
  readonly name: string;
  /** What it is the default of. */
  readonly pool: string;
  /** As the first line shows it, e.g. `5+10`. */
  readonly shapeText: (host: PresetHost) => string;
  readonly claim: (host: PresetHost) => ProcessClaim;
  /** How long a request waits for a connection, in ms; `never`: it opens one of its own. */
  readonly wait: number | 'without end' | 'never';
  /** Who the processes are, in its users' words. */
  readonly processes: string;
  /** Processes of one replica, where the user names none. An assumption, shown as one. */
  readonly workersAssumed: number;
  readonly dialect: Dialect;
  readonly note: string;
}

/** What some defaults depend on. */
export interface PresetHost {
  /** CPUs a process sees. */
  readonly cpus: number;
}

const SECOND_MS = 1_000;

/** Pools of one maximum. `idle` is what stays open without traffic. */
const upTo = (most: number | null, idle: number | null): Pick<Preset, 'shapeText' | 'claim'> => ({
  shapeText: () => (most === null ? 'unlimited' : String(most)),
  claim: () => ({ idle, most }),
});

const NODE_PROCESSES = 'node processes (cluster, pm2 -i)';

/** Defaults as of SQLAlchemy 2.1, Django 5.2, Rails 8, HikariCP 7, pg 8, Prisma 7, Go 1.25 and pgx 5. */
export const PRESETS: readonly Preset[] = [
  {
    name: 'fastapi',
    pool: 'SQLAlchemy QueuePool',
    shapeText: () => '5+10',
    claim: () => ({ idle: 5, most: 15 }),
    wait: 30 * SECOND_MS,
    processes: 'gunicorn/uvicorn workers',
    workersAssumed: 4,
    dialect: 'sqlalchemy',
    note: 'pool_size 5, max_overflow 10 for each engine of each process',
  },
  {
    name: 'django',
    pool: 'Django without a pool',
    ...upTo(1, 0),
    wait: 'never',
    processes: 'gunicorn workers',
    workersAssumed: 4,
    dialect: 'django-threads',
    note: 'one connection a thread (here: one thread a worker; else --pool-size THREADS); closed after each request unless CONN_MAX_AGE is set',
  },
  {
    name: 'django-pool',
    pool: 'Django 5.1+ with psycopg_pool',
    ...upTo(4, 4),
    wait: 30 * SECOND_MS,
    processes: 'gunicorn/uvicorn workers',
    workersAssumed: 4,
    dialect: 'django-pool',
    note: 'min_size 4; max_size is min_size where it is not given',
  },
  {
    name: 'rails',
    pool: 'Active Record',
    ...upTo(5, 0),
    wait: 5 * SECOND_MS,
    processes: 'puma workers',
    workersAssumed: 2,
    dialect: 'rails',
    note: 'a pool of 5 for each puma worker and each database role; its threads share it; idle ones are reaped after 300 s',
  },
  {
    name: 'spring',
    pool: 'HikariCP',
    ...upTo(10, 10),
    wait: 30 * SECOND_MS,
    processes: 'JVMs',
    workersAssumed: 1,
    dialect: 'hikari',
    note: 'maximumPoolSize 10, minimumIdle the same: a fixed pool',
  },
  {
    name: 'node',
    pool: 'pg (node-postgres)',
    ...upTo(10, 0),
    wait: 'without end',
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'pg',
    note: 'max 10; idle ones close after 10 s; connectionTimeoutMillis is 0',
  },
  {
    name: 'prisma',
    pool: 'Prisma 7 (on pg)',
    ...upTo(10, 0),
    wait: 'without end',
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'prisma',
    note: "the driver adapter's pg pool: max 10; connection_limit of the URL is not read any more",
  },
  {
    name: 'prisma6',
    pool: 'Prisma 6 engine',
    shapeText: ({ cpus }) => String(cpus * 2 + 1),
    claim: ({ cpus }) => ({ idle: cpus * 2 + 1, most: cpus * 2 + 1 }),
    wait: 10 * SECOND_MS,
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'prisma6',
    note: '2 × CPUs + 1, of the host and not of its cgroup limit; grows and stays',
  },
  {
    name: 'go',
    pool: 'Go database/sql',
    ...upTo(null, 2),
    wait: 'without end',
    processes: 'processes',
    workersAssumed: 1,
    dialect: 'go',
    note: 'MaxOpenConns 0 is unlimited; 2 stay idle, the rest closes on return; the context ends a wait',
  },
  {
    name: 'pgx',
    pool: 'pgxpool',
    shapeText: ({ cpus }) => String(Math.max(4, cpus)),
    claim: ({ cpus }) => ({ idle: 0, most: Math.max(4, cpus) }),
    wait: 'without end',
    processes: 'processes',
    workersAssumed: 1,
    dialect: 'pgx',
    note: 'the larger of 4 and the CPUs; the context ends a wait',
  },
  {
    name: 'asyncpg',
    pool: 'asyncpg',
    ...upTo(10, 10),
    wait: 'without end',
    processes: 'uvicorn workers',
    workersAssumed: 4,
    dialect: 'asyncpg',
    note: 'min_size 10 and max_size 10: all of them are opened at start',
  },
  {
    name: 'npgsql',
    pool: 'Npgsql',
    ...upTo(100, 0),
    wait: 15 * SECOND_MS,
    processes: 'processes',
    workersAssumed: 1,
    dialect: 'npgsql',
    note: 'Maximum Pool Size 100 for each connection string of each process',
  },
  {
    name: 'knex',
    pool: 'Knex',
    ...upTo(10, 2),
    wait: 60 * SECOND_MS,
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'knex',
    note: 'min 2, max 10',
  },
  {
    name: 'sequelize',
    pool: 'Sequelize',
    ...upTo(5, 0),
    wait: 60 * SECOND_MS,
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'sequelize',
    note: 'min 0, max 5',
  },
  {
    name: 'typeorm',
    pool: 'TypeORM (on pg)',
    ...upTo(10, 0),
    wait: 'without end',
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'typeorm',
    note: "pg's defaults: max 10, idle ones close after 10 s",
  },
  {
    name: 'drizzle',
    pool: 'Drizzle (on pg)',
    ...upTo(10, 0),
    wait: 'without end',
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'drizzle',
    note: "pg's defaults: max 10, idle ones close after 10 s",
  },
  {
    name: 'postgres.js',
    pool: 'postgres.js',
    ...upTo(10, 10),
    wait: 'without end',
    processes: NODE_PROCESSES,
    workersAssumed: 1,
    dialect: 'postgres.js',
    note: 'max 10, kept without limit',
  },
  {
    name: 'serverless',
    pool: 'function instances, NullPool',
    ...upTo(1, 0),
    wait: 'never',
    processes: 'instances at the same time',
    workersAssumed: 100,
    dialect: 'serverless',
    note: 'one connection an instance: --workers is the concurrency, and only a concurrency limit bounds it',
  },
];

/** Other names people look for. */
const ALIASES: Readonly<Record<string, string>> = {
  sqlalchemy: 'fastapi',
  flask: 'fastapi',
  hikari: 'spring',
  hikaricp: 'spring',
  pg: 'node',
  'node-postgres': 'node',
  kysely: 'node',
  prisma7: 'prisma',
  psycopg_pool: 'django-pool',
  activerecord: 'rails',
  dotnet: 'npgsql',
  'database/sql': 'go',
  lambda: 'serverless',
  nullpool: 'serverless',
};

/** Names and aliases, for help and suggestions. */
export const PRESET_NAMES: readonly string[] = PRESETS.map(({ name }) => name);
export const PRESET_ALIASES: readonly string[] = Object.keys(ALIASES);

/** Where nobody waits there is none: a connection is opened for a request and closed after it. */
export function hasPool({ wait }: Preset): boolean {
  return wait !== 'never';
}

export function findPreset(name: string): Preset | null {
  const lower = name.toLowerCase();
  const canonical = ALIASES[lower] ?? lower;
  return PRESETS.find((preset) => preset.name === canonical) ?? null;
}
