import { expect, test } from 'vitest';
import { deployedPool } from './deployed-pool.ts';
import { DIALECTS } from './dialect.ts';
import { findPreset, PRESET_ALIASES, PRESET_NAMES, PRESETS } from './presets.ts';

const HOST = { cpus: 8 };

// What each library does when nobody has configured it: most, kept idle, wait in ms.
test.each<[string, number | null, number | null, number | 'without end' | 'never']>([
  ['fastapi', 15, 5, 30_000],
  ['django', 1, 0, 'never'],
  ['django-pool', 4, 4, 30_000],
  ['rails', 5, 0, 5_000],
  ['spring', 10, 10, 30_000],
  ['node', 10, 0, 'without end'],
  ['prisma', 10, 0, 'without end'],
  ['prisma6', 17, 17, 10_000],
  ['go', null, 2, 'without end'],
  ['pgx', 8, 0, 'without end'],
  ['asyncpg', 10, 10, 'without end'],
  ['npgsql', 100, 0, 15_000],
  ['knex', 10, 2, 60_000],
  ['sequelize', 5, 0, 60_000],
  ['typeorm', 10, 0, 'without end'],
  ['drizzle', 10, 0, 'without end'],
  ['postgres.js', 10, 10, 'without end'],
  ['serverless', 1, 0, 'never'],
])('%s opens at most %s, keeps %s, waits %s', (name, most, idle, wait) => {
  const preset = findPreset(name);
  expect(preset?.claim(HOST)).toEqual({ most, idle });
  expect(preset?.wait).toBe(wait);
});

test('the table above has every preset, each under one name and in a known dialect', () => {
  expect(PRESETS).toHaveLength(18);
  expect(new Set(PRESET_NAMES).size).toBe(PRESETS.length);
  expect(PRESETS.filter(({ dialect }) => !DIALECTS.includes(dialect))).toEqual([]);
});

test('aliases lead to presets and hide none', () => {
  for (const alias of PRESET_ALIASES) {
    expect(findPreset(alias), alias).not.toBeNull();
    expect(PRESET_NAMES).not.toContain(alias);
  }
  expect(findPreset('FastAPI')?.name).toBe('fastapi');
  expect(findPreset('toString')).toBeNull();
});

const pool = (name: string | null, poolSize: number | null, maxOverflow: number | null) =>
  deployedPool({
    preset: name === null ? null : findPreset(name),
    host: HOST,
    poolSize,
    maxOverflow,
  });

test('without a preset the numbers are SQLAlchemy’s', () => {
  expect(pool(null, null, null)).toEqual({
    claim: { idle: 5, most: 15 },
    shapeText: '5+10',
    dialect: 'sqlalchemy',
  });
  expect(pool(null, 4, 2).claim).toEqual({ idle: 4, most: 6 });
});

test('one configured number replaces the preset’s, the other stays', () => {
  expect(pool('fastapi', 8, null).claim).toEqual({ idle: 8, most: 18 });
  expect(pool('fastapi', null, 0).claim).toEqual({ idle: 5, most: 5 });
  expect(pool('go', null, 10)).toMatchObject({ claim: { idle: 2, most: 12 }, shapeText: '2+10' });
});

test('a pool of one maximum takes the size as its maximum, and keeps idle what its library keeps', () => {
  expect(pool('spring', 40, null)).toMatchObject({
    claim: { idle: 40, most: 40 },
    shapeText: '40',
  });
  expect(pool('node', 20, null)).toMatchObject({ claim: { idle: 0, most: 20 } });
});

test('unlimited ones are said to be', () => {
  expect(pool('go', null, null)).toMatchObject({ claim: { most: null }, shapeText: 'unlimited' });
  expect(pool(null, 0, null)).toMatchObject({
    claim: { idle: null, most: null },
    shapeText: 'unlimited',
  });
  expect(pool(null, 5, -1)).toMatchObject({
    claim: { idle: 5, most: null },
    shapeText: '5+unlimited',
  });
});
