import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { type DatabaseConfig, SSL_MODES, type SslMode } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { systemErrorCode } from '../system-error.ts';
import type { Parameters } from './database-url-parameters.ts';
import { refusedUrl } from './database-url-refusal.ts';

/** A bundle of every public authority has a quarter of it. */
const CERTIFICATE_BYTES_MAX = 1_048_576;

/** What other programs call it, or what may end unencrypted, with what to write. */
const OTHER_MODES: ReadonlyMap<string, string> = new Map([
  ['allow', 'it may end unencrypted without a word: write sslmode=require, or sslmode=disable'],
  ['prefer', 'it may end unencrypted without a word: write sslmode=require, or sslmode=disable'],
  ['no-verify', 'write sslmode=require'],
  ['verify_ca', 'write sslmode=verify-ca'],
  ['verify_full', 'write sslmode=verify-full'],
]);

/**
 * How the way to the server is encrypted, as far as it says; libpq would try where it does not. `require` with a
 * certificate means `verify-ca`, as it does there.
 *
 * @throws LabError CONFIG_INVALID
 */
export function encryptionOf(
  { sslMode: text, sslRootCert }: Pick<Parameters, 'sslMode' | 'sslRootCert'>,
  isSocket: boolean,
): Pick<DatabaseConfig, 'sslMode' | 'sslRootCert'> {
  const sslMode = text === undefined ? undefined : sslModeOf(text);
  const isEncrypted = sslMode !== undefined && sslMode !== 'disable';
  if (sslRootCert !== undefined && !isEncrypted) {
    throw refusedUrl(
      'has an sslrootcert, and no sslmode that asks for a certificate',
      undefined,
      'add sslmode=verify-full, or leave out sslrootcert',
    );
  }
  if (!isEncrypted) return sslMode === undefined ? {} : { sslMode };
  if (isSocket) {
    throw refusedUrl(
      'has an sslmode for a socket, which leaves the machine nowhere',
      undefined,
      'leave it out',
    );
  }
  if (sslRootCert === undefined) {
    if (sslMode === 'verify-ca') {
      throw refusedUrl(
        'has sslmode=verify-ca without sslrootcert, which whoever has any certificate would pass',
        undefined,
        'add sslrootcert=/path.pem, or write sslmode=verify-full',
      );
    }
    return { sslMode };
  }
  requireCertificate(sslRootCert);
  return { sslMode, sslRootCert };
}

function sslModeOf(text: string): SslMode {
  const mode = SSL_MODES.find((known) => known === text);
  if (mode !== undefined) return mode;
  const remedy = OTHER_MODES.get(text);
  throw refusedUrl(
    remedy === undefined
      ? 'has an sslmode that is not known'
      : `has sslmode=${text}, which is not understood`,
    undefined,
    remedy ?? `write one of ${SSL_MODES.join(', ')}`,
  );
}

/** Seen now and not at the first connection, which may be that of a worker. */
function requireCertificate(path: string): void {
  const remedy = 'give the absolute path of a file with the certificate of the authority as PEM';
  if (!isAbsolute(path)) {
    throw refusedUrl('has an sslrootcert that is no absolute path', undefined, remedy);
  }
  let text: string;
  try {
    const stats = statSync(path);
    if (!stats.isFile() || stats.size > CERTIFICATE_BYTES_MAX) {
      throw refusedUrl('has an sslrootcert that is no file of certificates', undefined, remedy);
    }
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof LabError) throw error;
    const code = systemErrorCode(error) ?? 'unknown';
    throw refusedUrl(`has an sslrootcert that cannot be read (${code})`, undefined, remedy);
  }
  if (!isCertificate(text)) {
    throw refusedUrl('has an sslrootcert without a certificate as PEM', undefined, remedy);
  }
}

function isCertificate(text: string): boolean {
  try {
    return text.includes('-----BEGIN CERTIFICATE-----') && new X509Certificate(text).ca !== null;
  } catch {
    return false;
  }
}
