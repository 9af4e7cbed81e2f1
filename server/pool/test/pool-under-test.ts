import { type DatabaseConfig, POOL_DEFAULTS, type PoolConfig } from '../../contract.ts';
import { createPool } from '../create-pool.ts';
import { NO_POOL_RECORDER, type Pool, type PoolRecorder } from '../pool.ts';
import { FakeDatabase } from './fake-database.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface PoolUnderTest {
  readonly pool: Pool;
  readonly database: FakeDatabase;
  readonly clock: VirtualClock;
}

export const NO_DATABASE: DatabaseConfig = {
  host: '127.0.0.1',
  port: 1,
  user: 'nobody',
  password: 'horse-battery',
  database: 'none',
};

/** A pool over a fake database, in virtual time. */
export function poolUnderTest(
  config: Partial<PoolConfig>,
  recorder: PoolRecorder = NO_POOL_RECORDER,
): PoolUnderTest {
  const database = new FakeDatabase();
  const clock = new VirtualClock();
  const pool = createPool({
    config: { ...POOL_DEFAULTS, ...config },
    database: NO_DATABASE,
    applicationName: 'pool-under-test',
    recorder,
    loop: null,
    clock,
    Client: database.Client,
  });
  return { pool, database, clock };
}
