import { option } from './option.ts';
import type { OptionValues } from './option-table.ts';
import {
  POOLER_DEFAULTS,
  POOLER_LIMITS,
  POOLER_MODES,
  type Pooler,
  type PoolerMode,
  PREPARED_STATEMENTS,
  type PreparedStatements,
} from './pooler.ts';
import { choice, wholeNumber } from './value-parser.ts';

export const POOLERS = ['none', 'pgbouncer'] as const;
const NO_POOLER: (typeof POOLERS)[number] = 'none';
const DEFAULT_MODE: PoolerMode = POOLER_DEFAULTS.mode;
const DEFAULT_STATEMENTS: PreparedStatements = 'auto';

/** A pooler that the lab starts between the API and PostgreSQL. */
export const POOLER_OPTIONS = {
  pooler: option('pooler', {
    parser: choice(POOLERS, 'name'),
    defaultValue: NO_POOLER,
    description: 'pgbouncer: one that the lab starts between API and database, from the PATH',
  }),
  poolerMode: option('pooler-mode', {
    parser: choice(POOLER_MODES, 'mode'),
    defaultValue: DEFAULT_MODE,
    description:
      'with --pooler: pool_mode; a client keeps its connection for a session or a transaction',
  }),
  poolerSize: option('pooler-size', {
    parser: wholeNumber({ min: 1, max: POOLER_LIMITS.poolSizeMax }),
    defaultValue: POOLER_DEFAULTS.defaultPoolSize,
    description: 'with --pooler: default_pool_size, its connections to PostgreSQL',
  }),
  poolerReserve: option('pooler-reserve', {
    parser: wholeNumber({ min: 0, max: POOLER_LIMITS.poolSizeMax }),
    defaultValue: POOLER_DEFAULTS.reservePoolSize,
    description: 'with --pooler: reserve_pool_size, further ones for clients that wait for long',
  }),
  poolerClients: option('pooler-clients', {
    parser: wholeNumber({ min: 1, max: POOLER_LIMITS.clientsMax }),
    defaultValue: POOLER_DEFAULTS.maxClientConn,
    description: 'with --pooler: max_client_conn, connections of the API; one more is refused',
  }),
  preparedStatements: option('prepared-statements', {
    parser: choice(PREPARED_STATEMENTS, 'use'),
    defaultValue: DEFAULT_STATEMENTS,
    description:
      'named prepared statements of the API; auto: unless a pooler in between cannot carry them',
  }),
} as const;

/** `null`: none was asked for. */
export function poolerOf(
  values: OptionValues<Omit<typeof POOLER_OPTIONS, 'preparedStatements'>>,
): Pooler | null {
  if (values.pooler === NO_POOLER) return null;
  return {
    mode: values.poolerMode,
    defaultPoolSize: values.poolerSize,
    reservePoolSize: values.poolerReserve,
    maxClientConn: values.poolerClients,
  };
}
