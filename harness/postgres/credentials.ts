import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Transport } from '../plan/trial-plan.ts';

/** PostgreSQL's default, RFC 7677's minimum; the password's 192 random bits need no stretching. */
const ITERATIONS = 4096;

export function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * What PostgreSQL stores of a password (`SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`,
 * RFC 5803). `ALTER ROLE` accepts it in the password's place, so that the password itself is never in
 * a statement, a file, a log line or an argument.
 */
export function scramVerifier(password: string, salt: Buffer = randomBytes(16)): string {
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

const LOOPBACK_RULES: Readonly<Record<Transport, string>> = {
  tcp: 'host all all 127.0.0.1/32 scram-sha-256',
  // Whoever comes unencrypted finds no rule.
  tls: 'hostssl all all 127.0.0.1/32 scram-sha-256',
  socket: 'local all all scram-sha-256',
};

/**
 * Who may connect: in the way that was asked for whoever has a password, and through the socket the superuser
 * for the harness's own account, as the kernel names it (`peer`). The socket is in the 0700 data directory.
 */
export function accessRules({
  harnessUser,
  superuser,
  transport,
}: {
  readonly harnessUser: string;
  readonly superuser: string;
  readonly transport: Transport;
}): { hba: string; ident: string } {
  return {
    hba: [`local all ${superuser} peer map=harness`, LOOPBACK_RULES[transport], ''].join('\n'),
    ident: `harness "${harnessUser.replaceAll('"', '""')}" ${superuser}\n`,
  };
}
