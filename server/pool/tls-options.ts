import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import type { DatabaseConfig } from '../contract.ts';
import { PoolConfigError } from './pool-config-error.ts';

/**
 * What connections to the database are encrypted with; `undefined`: with nothing. Made once for all of them, since
 * certificates are parsed for it.
 *
 * @throws PoolConfigError when the certificate of the authority cannot be read
 */
export function tlsOptions(database: DatabaseConfig): ConnectionOptions | undefined {
  const { host, sslMode = 'disable', sslRootCert } = database;
  if (sslMode === 'disable') return undefined;
  const secureContext = contextOf(sslRootCert);
  // Which name the certificate must have; one that is sent to the server must not be an address (RFC 6066).
  const names = { host, ...(isIP(host) === 0 ? { servername: host } : {}) };
  // Said, since otherwise NODE_TLS_REJECT_UNAUTHORIZED decides.
  const checked = { ...names, secureContext, rejectUnauthorized: true };
  switch (sslMode) {
    case 'require':
      // As libpq has it: whoever answers, unless there is an authority to ask.
      return sslRootCert === undefined
        ? { ...checked, rejectUnauthorized: false }
        : { ...checked, checkServerIdentity: anyHost };
    case 'verify-ca':
      return { ...checked, checkServerIdentity: anyHost };
    case 'verify-full':
      return checked;
  }
}

const anyHost = (): undefined => undefined;

function contextOf(sslRootCert: string | undefined): ConnectionOptions['secureContext'] {
  const minVersion = 'TLSv1.2';
  if (sslRootCert === undefined) return createSecureContext({ minVersion });
  try {
    const ca = readFileSync(sslRootCert);
    // Throws where there is none, which a context passes over without a word.
    new X509Certificate(ca);
    return createSecureContext({ minVersion, ca });
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new PoolConfigError([
      {
        field: 'sslRootCert',
        value: sslRootCert,
        message: `is no authority's certificate: ${said}`,
      },
    ]);
  }
}
