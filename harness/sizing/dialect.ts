import type { PoolShape } from '../../server/contract.ts';

/** A pool shape in the words of one library. */
export interface DialectText {
  /** One line to paste. */
  readonly code: string;
  /** What the library cannot say of the shape, or says differently; empty when it is exact. */
  readonly notes: readonly string[];
}

/** Finite shapes only: `poolSize` at least 1, `maxOverflow` at least 0. */
type Render = (shape: PoolShape) => DialectText;

const exact = (code: string): DialectText => ({ code, notes: [] });
const most = ({ poolSize, maxOverflow }: PoolShape): number => poolSize + maxOverflow;

/** For pools with one number: everything up to it may stay open. */
const oneNumber =
  (code: (max: number) => string, name: string): Render =>
  (shape) => ({
    code: code(most(shape)),
    notes:
      shape.maxOverflow === 0
        ? []
        : [`${name} has no overflow: up to ${most(shape)} stay open until they idle out`],
  });

const sqlalchemy: Render = ({ poolSize, maxOverflow }) =>
  exact(`create_engine(url, pool_size=${poolSize}, max_overflow=${maxOverflow})`);

const hikari: Render = (shape) => ({
  code: `maximumPoolSize=${most(shape)} minimumIdle=${shape.poolSize}`,
  notes:
    shape.maxOverflow === 0
      ? []
      : [
          'HikariCP has no overflow: minimumIdle keeps that many idle beside the busy ones, and the rest closes after idleTimeout (10 min), not on return',
        ],
});

const rails: Render = (shape) => ({
  code: `database.yml: pool: ${most(shape)}`,
  notes: [
    'from Rails 8.1 the key is max_connections; give it at least as many as Puma has threads',
    ...(shape.maxOverflow === 0
      ? []
      : ['Rails has no overflow: idle connections are reaped after idle_timeout (300 s)']),
  ],
});

const djangoPool: Render = (shape) => ({
  code: `"OPTIONS": {"pool": {"min_size": ${shape.poolSize}, "max_size": ${most(shape)}}}`,
  notes: [
    'Django 5.1 or later with psycopg_pool; CONN_MAX_AGE must be 0',
    ...(shape.maxOverflow === 0
      ? []
      : ['psycopg_pool shrinks to min_size after max_idle (10 min), not on return']),
  ],
});

const djangoThreads: Render = (shape) => ({
  code: `gunicorn --threads ${most(shape)}`,
  notes: ['without a pool each thread holds one connection: the threads are the limit'],
});

const pg = oneNumber((max) => `new Pool({ max: ${max} })`, 'pg');

const prisma6: Render = (shape) => ({
  code: `DATABASE_URL="…?connection_limit=${most(shape)}"`,
  notes: ['Prisma 6 opens connections as needed and keeps them: size and overflow are one number'],
});

const go: Render = ({ poolSize, maxOverflow }) =>
  exact(`db.SetMaxOpenConns(${poolSize + maxOverflow}); db.SetMaxIdleConns(${poolSize})`);

const pgx: Render = (shape) => ({
  code: `DATABASE_URL="…?pool_max_conns=${most(shape)}"`,
  notes:
    shape.maxOverflow === 0
      ? []
      : ['pgxpool closes idle connections after pool_max_conn_idle_time (30 min), not on return'],
});

const asyncpg: Render = (shape) => ({
  code: `asyncpg.create_pool(dsn, min_size=${shape.poolSize}, max_size=${most(shape)})`,
  notes:
    shape.maxOverflow === 0
      ? []
      : ['asyncpg closes the rest after max_inactive_connection_lifetime (300 s), not on return'],
});

const npgsql: Render = (shape) => ({
  code: `"…;Maximum Pool Size=${most(shape)};Minimum Pool Size=${shape.poolSize}"`,
  notes:
    shape.maxOverflow === 0
      ? []
      : ['Npgsql prunes the rest after Connection Idle Lifetime (300 s), not on return'],
});

const minMax =
  (code: (shape: PoolShape) => string, note: string): Render =>
  (shape) => ({ code: code(shape), notes: shape.maxOverflow === 0 ? [] : [note] });

const RENDER = {
  sqlalchemy,
  hikari,
  rails,
  'django-pool': djangoPool,
  'django-threads': djangoThreads,
  pg,
  prisma: oneNumber((max) => `new PrismaPg({ connectionString, max: ${max} })`, 'Prisma 7 (on pg)'),
  prisma6,
  go,
  pgx,
  asyncpg,
  npgsql,
  knex: minMax(
    (shape) => `knex({ pool: { min: ${shape.poolSize}, max: ${most(shape)} } })`,
    'Knex closes the rest after idleTimeoutMillis (30 s), not on return',
  ),
  sequelize: minMax(
    (shape) => `new Sequelize(url, { pool: { min: ${shape.poolSize}, max: ${most(shape)} } })`,
    'Sequelize closes the rest after idle (10 s), not on return',
  ),
  typeorm: oneNumber((max) => `new DataSource({ extra: { max: ${max} } })`, 'TypeORM (on pg)'),
  drizzle: oneNumber((max) => `drizzle(new Pool({ max: ${max} }))`, 'Drizzle (on pg)'),
  'postgres.js': oneNumber((max) => `postgres(url, { max: ${max} })`, 'postgres.js'),
  serverless: (shape: PoolShape) => ({
    code: `new Pool({ max: ${most(shape)} })`,
    notes: ['an instance of its own for each request: the limit is the reserved concurrency'],
  }),
} as const satisfies Readonly<Record<string, Render>>;

export type Dialect = keyof typeof RENDER;
export const DIALECTS = Object.keys(RENDER).filter((name): name is Dialect => name in RENDER);

/** Libraries that close connections beyond the size on return: overflow in SQLAlchemy's sense. */
const WITH_OVERFLOW: readonly Dialect[] = ['sqlalchemy', 'go'];

export function hasOverflow(dialect: Dialect): boolean {
  return WITH_OVERFLOW.includes(dialect);
}

/** `null` for a shape without bounds, which no advice should spell out. */
export function inDialect(dialect: Dialect, shape: PoolShape): DialectText | null {
  return shape.poolSize < 1 || shape.maxOverflow < 0 ? null : RENDER[dialect](shape);
}
