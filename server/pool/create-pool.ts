import type { ClientConfig } from 'pg';
import {
  type DatabaseConfig,
  databaseConfigSchema,
  LIMITS,
  type PoolConfig,
  poolConfigSchema,
} from '../contract.ts';
import type { LoopTurns } from '../event-loop/loop-turns.ts';
import { databaseClientConfig } from './database-client-config.ts';
import { DatabaseSocket } from './database-socket.ts';
import { NullPool } from './null-pool.ts';
import { PlainPool } from './plain-pool.ts';
import type { Pool, PoolRecorder } from './pool.ts';
import { PoolClient, type PoolClientClass } from './pool-client.ts';
import { type PoolClock, SYSTEM_POOL_CLOCK } from './pool-clock.ts';
import { PoolConfigError } from './pool-config-error.ts';
import { connectionsMax } from './pool-limit.ts';
import { QueuePool } from './queue-pool.ts';
import { UnnamedStatementsClient } from './unnamed-statements-client.ts';

export interface CreatePoolOptions {
  readonly config: PoolConfig;
  readonly database: DatabaseConfig;
  /** Seen in `pg_stat_activity`; one a worker. */
  readonly applicationName: string;
  readonly recorder: PoolRecorder;
  /** Of this process's event loop, to tell its lateness from the database's; `null` tells nothing. */
  readonly loop: LoopTurns | null;
  /** `false`: named prepared statements are sent without their names. @default true */
  readonly preparedStatements?: boolean;
  /** Sessions begin in read-only transactions. @default false */
  readonly readOnly?: boolean;
  /** @default the system's monotonic clock */
  readonly clock?: PoolClock;
  /** @default a client over TCP */
  readonly Client?: PoolClientClass;
}

/**
 * Builds the pool of the configured kind and opens nothing. Throws a `PoolConfigError` with all
 * problems at once: pg-pool takes 0 and NaN for 10, waits for ever with a negative limit, and compares
 * with text as it comes.
 */
export function createPool(options: CreatePoolOptions): Pool {
  const { config, database } = options;
  requireValid(config, database);
  const parts = {
    config,
    client: clientConfig(options),
    Client: options.Client ?? clientClass(options.preparedStatements ?? true),
    recorder: options.recorder,
    clock: options.clock ?? SYSTEM_POOL_CLOCK,
  };
  switch (config.kind) {
    case 'queue':
      return new QueuePool(parts);
    case 'null':
      return new NullPool({ ...parts, poolTimeoutMs: config.poolTimeoutMs });
    case 'plain':
      return new PlainPool(parts);
  }
}

function clientClass(preparedStatements: boolean): PoolClientClass {
  return preparedStatements ? PoolClient : UnnamedStatementsClient;
}

function requireValid(config: PoolConfig, database: DatabaseConfig): void {
  const pool = poolConfigSchema.safeParse(config);
  const target = databaseConfigSchema.safeParse(database);
  const problems = [
    ...(pool.error?.issues ?? []).map((issue) => ({ given: config, issue })),
    ...(target.error?.issues ?? []).map((issue) => ({ given: database, issue })),
  ].map(({ given, issue }) => ({
    field: issue.path.join('.'),
    value: issue.path.reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? Reflect.get(value, key) : value,
      given,
    ),
    message: issue.message,
  }));
  const claimed = pool.success ? connectionsMax(pool.data) : 0;
  if (Number.isFinite(claimed) && claimed > LIMITS.poolConnectionsMax) {
    problems.push({
      field: 'poolSize + maxOverflow',
      value: claimed,
      message: `at most ${LIMITS.poolConnectionsMax}`,
    });
  }
  if (problems.length > 0) throw new PoolConfigError(problems);
}

function clientConfig({
  config,
  database,
  applicationName,
  loop,
  readOnly = false,
}: CreatePoolOptions): ClientConfig {
  return {
    ...databaseClientConfig(database),
    application_name: applicationName,
    stream: () => new DatabaseSocket(loop),
    keepAlive: false,
    // 0 is not sent at all, so that a pooler that refuses startup parameters can be used.
    statement_timeout: config.statementTimeoutMs,
    lock_timeout: config.lockTimeoutMs,
    idle_in_transaction_session_timeout: config.idleInTransactionTimeoutMs,
    ...(readOnly ? { options: '-c default_transaction_read_only=on' } : {}),
  };
}
