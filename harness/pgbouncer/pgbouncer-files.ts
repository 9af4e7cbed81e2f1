import { chownSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { ServerAccount } from '../postgres/account.ts';
import { describeError } from '../system-error.ts';
import {
  type ConfigurationAsked,
  pgbouncerIni,
  pgbouncerUsers,
} from './pgbouncer-configuration.ts';
import type { PgbouncerProgram } from './pgbouncer-program.ts';
import { PGBOUNCER_INI } from './stray-pgbouncer.ts';

/**
 * What PgBouncer reads, for nobody else to read: a password is in it. The certificates are copied, since its
 * account may not get to where they are.
 *
 * @returns the path of the configuration
 * @throws LabError POOLER_FAILED
 */
export function writePgbouncerFiles(
  asked: Omit<ConfigurationAsked, 'version' | 'usersPath' | 'authoritiesPath'> & {
    readonly program: Pick<PgbouncerProgram, 'version'>;
    /** The directory, which that account can enter. */
    readonly path: string;
    readonly account: ServerAccount;
  },
): string {
  const { path, account, program, database } = asked;
  const write = (name: string, text: string): string => {
    const file = join(path, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (account.switchTo !== null) chownSync(file, account.switchTo.uid, account.switchTo.gid);
    return file;
  };
  const usersPath = write('userlist.txt', pgbouncerUsers(database));
  const authorities = authoritiesOf(database);
  const authoritiesPath = authorities === null ? null : write('authorities.pem', authorities);
  const { version } = program;
  const ini = pgbouncerIni({ ...asked, version, usersPath, authoritiesPath });
  return write(PGBOUNCER_INI, ini);
}

/** @throws LabError POOLER_FAILED */
function authoritiesOf({ sslMode, sslRootCert }: DatabaseConfig): string | null {
  if (sslMode !== 'verify-ca' && sslMode !== 'verify-full') return null;
  // Those that the API would know as well.
  if (sslRootCert === undefined) return rootCertificates.join('\n');
  try {
    return readFileSync(sslRootCert, 'utf8');
  } catch (cause) {
    throw new LabError('POOLER_FAILED', {
      message: `the certificate in sslrootcert cannot be read for PgBouncer (${describeError(cause)})`,
      hint: 'Name a PEM file that you may read.',
      cause,
    });
  }
}
