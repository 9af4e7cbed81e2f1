import type { DatabaseConfig } from '../../server/contract.ts';
import { isLoopbackAddress } from '../loopback.ts';

/**
 * A database as an address that libpq and every driver reads, password included: for an environment, never for
 * an output. `postgresql`, since SQLAlchemy knows no `postgres`. What is not said of encryption stands in no parameter:
 * asyncpg under SQLAlchemy takes none.
 */
export function databaseAddress(database: DatabaseConfig): string {
  const { host, port, user, password, database: name, sslMode, sslRootCert } = database;
  const login = `${encoded(user)}:${encoded(password)}`;
  const parameters = new Map<string, string>();
  let place = '';
  if (host.startsWith('/')) {
    // An address has no room for a path before its database.
    parameters.set('host', host).set('port', String(port));
  } else {
    place = `${bracketed(connectedTo(database))}:${port}`;
    if (isSomewhereElse(database)) parameters.set('hostaddr', database.hostAddress ?? '');
  }
  if (sslMode !== undefined) parameters.set('sslmode', sslMode);
  if (sslRootCert !== undefined) parameters.set('sslrootcert', sslRootCert);
  const query = [...parameters].map(([key, value]) => `${key}=${encoded(value)}`).join('&');
  return `postgresql://${login}@${place}/${encoded(name)}${query === '' ? '' : `?${query}`}`;
}

/** The host as it is dialled; where its name is what a certificate must have, the name. */
export function connectedTo({ host, hostAddress, sslMode }: DatabaseConfig): string {
  return sslMode === 'verify-full' ? host : (hostAddress ?? host);
}

/**
 * Whether a name would lead elsewhere than to the address that is dialled: a remote server's through a process on this
 * machine. Drivers other than libpq's do not understand the parameter, so that it is there only when needed.
 */
function isSomewhereElse({ host, hostAddress, sslMode }: DatabaseConfig): boolean {
  if (sslMode !== 'verify-full' || hostAddress === undefined) return false;
  const isHere = host === 'localhost' || isLoopbackAddress(host);
  return isLoopbackAddress(hostAddress) && !isHere;
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Also what `encodeURIComponent` leaves, and some shells and parsers do not. */
function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
