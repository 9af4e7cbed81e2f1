import { expect, inject, test } from 'vitest';
import { POOL_DEFAULTS, POOL_KINDS } from '../contract.ts';
import { createPool } from './create-pool.ts';
import { NO_POOL_RECORDER } from './pool.ts';

const { api } = inject('postgres');

/** Names that the session knows after a named statement was run twice, and what it answered. */
async function namesKept(kind: (typeof POOL_KINDS)[number], preparedStatements: boolean) {
  const pool = createPool({
    config: { ...POOL_DEFAULTS, kind },
    database: api,
    applicationName: 'pool-lab-test',
    recorder: NO_POOL_RECORDER,
    loop: null,
    preparedStatements,
  });
  try {
    await using held = await pool.checkout();
    const answers: number[] = [];
    for (const value of [1, 2]) {
      const statement = { name: 'plus-one', text: 'SELECT $1::int + 1 AS sum', values: [value] };
      const { rows } = await held.client.query<{ sum: number }>(statement);
      answers.push(rows[0]?.sum ?? 0);
    }
    const { rows } = await held.client.query<{ name: string }>(
      'SELECT name FROM pg_prepared_statements',
    );
    return { answers, names: rows.map(({ name }) => name) };
  } finally {
    await pool.end(0);
  }
}

test.each(POOL_KINDS)(
  'sent without its name, a statement of a %s pool leaves nothing',
  async (kind) => {
    expect(await namesKept(kind, false)).toEqual({ answers: [2, 3], names: [] });
  },
);

test('a session keeps the named statement that was run in it', async () => {
  expect(await namesKept('queue', true)).toEqual({ answers: [2, 3], names: ['plus-one'] });
});
