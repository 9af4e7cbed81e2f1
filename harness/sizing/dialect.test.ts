import { expect, test } from 'vitest';
import { DIALECTS, type Dialect, hasOverflow, inDialect } from './dialect.ts';

test.each<[Dialect, string]>([
  ['sqlalchemy', 'create_engine(url, pool_size=4, max_overflow=2)'],
  ['hikari', 'maximumPoolSize=6 minimumIdle=4'],
  ['rails', 'database.yml: pool: 6'],
  ['django-pool', '"OPTIONS": {"pool": {"min_size": 4, "max_size": 6}}'],
  ['django-threads', 'gunicorn --threads 6'],
  ['pg', 'new Pool({ max: 6 })'],
  ['prisma', 'new PrismaPg({ connectionString, max: 6 })'],
  ['prisma6', 'DATABASE_URL="…?connection_limit=6"'],
  ['go', 'db.SetMaxOpenConns(6); db.SetMaxIdleConns(4)'],
  ['pgx', 'DATABASE_URL="…?pool_max_conns=6"'],
  ['asyncpg', 'asyncpg.create_pool(dsn, min_size=4, max_size=6)'],
  ['npgsql', '"…;Maximum Pool Size=6;Minimum Pool Size=4"'],
  ['knex', 'knex({ pool: { min: 4, max: 6 } })'],
  ['sequelize', 'new Sequelize(url, { pool: { min: 4, max: 6 } })'],
  ['typeorm', 'new DataSource({ extra: { max: 6 } })'],
  ['drizzle', 'drizzle(new Pool({ max: 6 }))'],
  ['postgres.js', 'postgres(url, { max: 6 })'],
  ['serverless', 'new Pool({ max: 6 })'],
])('4+2 in %s is %s', (dialect, code) => {
  expect(inDialect(dialect, { poolSize: 4, maxOverflow: 2 })?.code).toBe(code);
});

test('the table above has every dialect', () => {
  expect(DIALECTS).toHaveLength(18);
});

test('a library that cannot say overflow says so, and one that can does not', () => {
  for (const dialect of DIALECTS) {
    const notes = inDialect(dialect, { poolSize: 4, maxOverflow: 2 })?.notes ?? [];
    expect(notes.length > 0, dialect).toBe(!hasOverflow(dialect));
  }
});

test('a shape without bounds is spelt in no dialect', () => {
  expect(inDialect('sqlalchemy', { poolSize: 0, maxOverflow: 5 })).toBeNull();
  expect(inDialect('go', { poolSize: 5, maxOverflow: -1 })).toBeNull();
});
