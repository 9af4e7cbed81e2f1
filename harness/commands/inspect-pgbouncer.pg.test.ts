import { expect, inject } from 'vitest';
import { detectPgbouncer, startPgbouncer } from '../pgbouncer/test/pgbouncer-fixture.ts';
import { optional } from '../test/optional.ts';
import { inspected } from './test/inspected-command.ts';

const pgbouncer = await optional('pgbouncer', detectPgbouncer);

pgbouncer.test.each(['transaction', 'session'] as const)(
  'a PgBouncer at that address is recognised, and refused (%s)',
  async (poolMode) => {
    const { api } = inject('postgres');
    await using pooler = await startPgbouncer({ api, poolMode, defaultPoolSize: 2 });
    await expect(inspected(pooler.api)).rejects.toMatchObject({
      code: 'DATABASE_UNUSABLE',
      message: expect.stringContaining('pooler'),
      hint: expect.stringContaining('Give the address of PostgreSQL itself'),
    });
  },
);
