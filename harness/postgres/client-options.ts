import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';

/**
 * What the driver connects with: exactly this address. Whatever it would look for elsewhere where nothing is
 * said (`PGSSLMODE`, `PGOPTIONS`, `PGAPPNAME`, meant for other servers) is said here, or by the caller.
 *
 * @throws Error of the file system when the certificate cannot be read
 */
export function clientOptions({
  host,
  port,
  user,
  password,
  database,
  sslMode = 'disable',
  sslRootCert,
}: DatabaseConfig): ClientConfig {
  const address = { host, port, user, password, database, options: '' };
  const ca = sslRootCert === undefined ? {} : { ca: readFileSync(sslRootCert) };
  switch (sslMode) {
    case 'disable':
      return { ...address, ssl: false };
    case 'require':
      // As libpq has it: encrypted, to whoever answers.
      return { ...address, ssl: { rejectUnauthorized: false } };
    case 'verify-ca':
      return { ...address, ssl: { ...ca, checkServerIdentity: () => undefined } };
    case 'verify-full':
      return { ...address, ssl: { ...ca, host } };
  }
}
