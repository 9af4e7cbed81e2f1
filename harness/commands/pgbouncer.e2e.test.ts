import { expect } from 'vitest';
import { waysResultSchema } from '../analysis/ways/ways-result.ts';
import { detectPgbouncer } from '../pgbouncer/test/pgbouncer-fixture.ts';
import { startCli } from '../test/cli-child.ts';
import { optional } from '../test/optional.ts';

const pgbouncer = await optional('pgbouncer', detectPgbouncer);

pgbouncer.test(
  '160 callers without a pool are refused directly, and not through PgBouncer in transaction mode',
  async () => {
    const { seen, ended } = startCli([
      ...['pgbouncer', '--workers', '4', '--connections', '160', '--max-connections', '30'],
      ...['--rounds', '1', '--warmup', '0', '--duration', '1s', '--json'],
    ]);
    await ended;
    const { ways } = waysResultSchema.parse(JSON.parse(seen.stdout));
    const refused = Object.fromEntries(
      ways.map(({ way, refusals, budget }) => [
        way,
        {
          byPostgres: refusals.postgres > 0,
          otherwise: refusals.pooler + refusals.otherFailures,
          asPredicted: budget?.agrees,
        },
      ]),
    );
    const answered = { byPostgres: false, otherwise: 0, asPredicted: true };
    expect(refused).toEqual({
      pool: answered,
      small_pool_pgbouncer: answered,
      no_pool: { ...answered, byPostgres: true },
      no_pool_pgbouncer: answered,
    });
    // What PostgreSQL saw, and not what PgBouncer says of itself.
    for (const { plan, connections, requests } of ways.filter(({ plan: { pooler } }) => pooler)) {
      expect(connections?.peakWorkers).toBeGreaterThan(0);
      expect(connections?.peakWorkers).toBeLessThanOrEqual(plan.pooler?.defaultPoolSize ?? 0);
      expect(requests.ok).toBeGreaterThan(0);
    }
  },
);
