import type { ClientConfig } from 'pg';
import type { DatabaseConfig } from '../contract.ts';
import { tlsOptions } from './tls-options.ts';

/**
 * What the driver connects with: exactly this address, and nothing that it would look for in its environment.
 *
 * @throws PoolConfigError when the certificate of the authority cannot be read
 */
export function databaseClientConfig(config: DatabaseConfig) {
  const { host, hostAddress, port, user, password, database } = config;
  return {
    host: hostAddress ?? host,
    port,
    user,
    // A function, so that neither an empty one is looked up elsewhere nor a real one printed.
    password: () => password,
    database,
    ssl: tlsOptions(config) ?? false,
    sslnegotiation: 'postgres',
  } as const satisfies ClientConfig;
}
