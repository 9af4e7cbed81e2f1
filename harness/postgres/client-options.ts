import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ClientConfig } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';

/**
 * What the driver connects with: exactly this address. Whatever it would look for elsewhere where nothing is
 * said (`PGSSLMODE`, `PGSSLNEGOTIATION`, `PGOPTIONS`, `PGAPPNAME`, meant for other servers) is said here, or by the caller.
 *
 * @throws Error of the file system when the certificate cannot be read
 */
export function clientOptions({
  host,
  hostAddress,
  port,
  user,
  password,
  database,
  sslMode = 'disable',
  sslRootCert,
}: DatabaseConfig): ClientConfig {
  const address = {
    host: hostAddress ?? host,
    port,
    user,
    // Asked for where there is none, it is none; the driver would look into PGPASSWORD and ~/.pgpass.
    password: password === '' ? () => '' : password,
    database,
    options: '',
    sslnegotiation: 'postgres',
  } as const;
  if (sslMode === 'disable') return { ...address, ssl: false };
  // Which name the certificate must have; one that is sent to the server must not be an address (RFC 6066).
  const names = { host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  // Said, since otherwise NODE_TLS_REJECT_UNAUTHORIZED and NODE_OPTIONS decide.
  const checked = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  const ca = sslRootCert === undefined ? {} : { ca: readFileSync(sslRootCert) };
  const anyHost = { checkServerIdentity: () => undefined };
  switch (sslMode) {
    case 'require':
      // As libpq has it: whoever answers, unless there is an authority to ask.
      return sslRootCert === undefined
        ? { ...address, ssl: { ...names, ...checked, rejectUnauthorized: false } }
        : { ...address, ssl: { ...names, ...checked, ...ca, ...anyHost } };
    case 'verify-ca':
      return { ...address, ssl: { ...names, ...checked, ...ca, ...anyHost } };
    case 'verify-full':
      return { ...address, ssl: { ...names, ...checked, ...ca } };
  }
}
