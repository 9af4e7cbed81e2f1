import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Checkout } from './pool.ts';
import { postgresError, settled } from './test/fake-database.ts';
import { poolUnderTest } from './test/pool-under-test.ts';
import recorded from './test/queuepool-vectors.json' with { type: 'json' };

const rowSchema = z.strictObject({
  op: z.string(),
  conn: z.int().nullable(),
  size: z.int(),
  checkedin: z.int(),
  overflow: z.int(),
  checkedout: z.int(),
  created: z.int(),
  closed: z.int(),
  err: z.string().nullable(),
});
type Row = z.infer<typeof rowSchema>;
const vectors = z
  .array(
    z.strictObject({
      name: z.string(),
      pool: z.strictObject({
        pool_size: z.int(),
        max_overflow: z.int(),
        use_lifo: z.boolean().optional(),
      }),
      rows: z.array(rowSchema),
    }),
  )
  .parse(recorded);

/** What the recordings were made with. */
const POOL_TIMEOUT_MS = 20;

type Difference = Partial<Row> | 'no such operation';

/**
 * The rows that differ, by vector and position, with what this pool says instead.
 *
 * `inv`: the original keeps a record without a connection in its queue, which takes a place among the
 * idle and is filled again at its next checkout. Here a broken connection leaves nothing behind: its
 * slot is free. In V12 the dead record also pushes a healthy connection out of the full queue, so that
 * there is one connection more to open afterwards.
 * `dispose`: the original forgets its counter together with its idle connections while others are still
 * out, and counts −1 checked out; `end()` is the only way to close this pool, and it is final.
 */
const DIFFERENCES: Readonly<Record<string, Readonly<Record<number, Difference>>>> = {
  V8: { 2: { checkedin: 0, overflow: -1 } },
  V11: { 3: 'no such operation', 4: 'no such operation', 5: 'no such operation' },
  V12: {
    3: { checkedin: 0, overflow: 1 },
    4: { closed: 1 },
    5: { closed: 2 },
    6: { conn: 1, created: 3, closed: 2 },
    7: { conn: 4, created: 4, closed: 2 },
    8: { conn: 5, created: 5, closed: 2 },
  },
};

test('there are 13 vectors with 131 rows, of which 10 differ', () => {
  expect(vectors).toHaveLength(13);
  expect(vectors.flatMap(({ rows }) => rows)).toHaveLength(131);
  expect(Object.values(DIFFERENCES).flatMap((rows) => Object.keys(rows))).toHaveLength(10);
});

test.for(vectors)('$name', async ({ name, pool: shape, rows }) => {
  const { pool, database, clock } = poolUnderTest({
    poolSize: shape.pool_size,
    maxOverflow: shape.max_overflow,
    order: shape.use_lifo === true ? 'lifo' : 'fifo',
    poolTimeoutMs: POOL_TIMEOUT_MS,
  });
  const differences = DIFFERENCES[name.split(' ')[0] ?? ''] ?? {};
  const held = new Map<string, Checkout>();

  /** The answer to one checkout: an id, or the error in SQLAlchemy's spelling. */
  async function checkOut(name: string): Promise<Pick<Row, 'conn' | 'err'>> {
    const answer = pool.checkout().then(
      (checkout) => {
        held.set(name, checkout);
        return { conn: database.of(checkout.client).id, err: null };
      },
      (error: Error) => ({
        conn: null,
        err: error.message.startsWith('QueuePool')
          ? `TimeoutError: ${error.message}`
          : `RuntimeError: ${error.message}`,
      }),
    );
    await settled();
    // Whoever has no answer by now waits; let the time pass until it is told so.
    if (pool.snapshot().waiting > 0) clock.advance(POOL_TIMEOUT_MS);
    return answer;
  }

  async function perform(op: string): Promise<Pick<Row, 'conn' | 'err'>> {
    const [verb, name = ''] = op.split(' ');
    const nothing = { conn: null, err: null };
    switch (verb) {
      case 'co':
        return checkOut(name);
      case 'ci':
        held.get(name)?.release();
        return nothing;
      case 'inv':
        held.get(name)?.release(new Error('invalidated'));
        return nothing;
      case 'cofail': {
        database.refusals.push(postgresError('53300', 'connect failed (53300)', 'FATAL'));
        const answer = await checkOut('fails');
        database.refusals.length = 0;
        // The recording gives a connection that came from the queue back at once.
        if (answer.conn !== null) held.get('fails')?.release();
        return { ...answer, conn: null };
      }
      default:
        throw new Error(`unknown operation ${op}`);
    }
  }

  for (const [index, row] of rows.entries()) {
    const difference = differences[index];
    if (difference === 'no such operation') continue;
    const answer = await perform(row.op);
    await settled();
    const { held: checkedout, idle: checkedin, overflow, opened, closed } = pool.snapshot();
    const seen = {
      ...{ op: row.op, ...answer, size: shape.pool_size },
      ...{ checkedin, overflow, checkedout, created: opened, closed },
    };
    const link = row.err?.indexOf(' (Background on this error') ?? -1;
    const recordedRow = { ...row, err: link === -1 ? row.err : (row.err?.slice(0, link) ?? null) };
    expect(seen, `row ${index}`).toEqual({ ...recordedRow, ...difference });
    if (difference !== undefined) expect(row).not.toMatchObject(difference);
  }
});
