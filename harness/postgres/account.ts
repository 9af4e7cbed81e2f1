import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';

/** Whom the server's processes run as. */
export interface ServerAccount {
  /** Name of the account the harness itself runs as; what the server sees at its socket. */
  readonly harnessUser: string;
  /** Account the server runs under when it must be another one; `null`: the harness's own. */
  readonly switchTo: { readonly name: string; readonly uid: number; readonly gid: number } | null;
}

/** Exists on every system this runs on. PostgreSQL refuses root, and a uid without a passwd entry. */
const UNPRIVILEGED_ACCOUNT = 'nobody';

/** @throws LabError NO_UNPRIVILEGED_ACCOUNT */
export function chooseServerAccount(): ServerAccount {
  const isRoot = process.getuid?.() === 0;
  return {
    harnessUser: currentUser(),
    switchTo: isRoot ? findAccount(UNPRIVILEGED_ACCOUNT, readPasswd()) : null,
  };
}

/**
 * @param passwd text of `/etc/passwd`, see passwd(5)
 * @throws LabError NO_UNPRIVILEGED_ACCOUNT
 */
export function findAccount(
  name: string,
  passwd: string,
): { readonly name: string; readonly uid: number; readonly gid: number } {
  for (const line of passwd.split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user !== name || uid === undefined || gid === undefined) continue;
    // macOS writes nobody's −2 as such; the system calls want it as the unsigned number it is.
    const [uidNumber, gidNumber] = [Number(uid) >>> 0, Number(gid) >>> 0];
    if (uidNumber !== 0) return { name, uid: uidNumber, gid: gidNumber };
  }
  throw new LabError('NO_UNPRIVILEGED_ACCOUNT', {
    message: `PostgreSQL refuses to run as root, and the account "${name}" is not in /etc/passwd.`,
    hint: `Run as an ordinary user, or add the account: useradd --system --no-create-home ${name}`,
  });
}

function readPasswd(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch (error) {
    // An image without the file has no account either, which is what the caller then says.
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch (cause) {
    throw new LabError('NO_UNPRIVILEGED_ACCOUNT', {
      message: `User id ${process.getuid?.() ?? 'unknown'} has no entry in /etc/passwd (${describeError(cause)}), and PostgreSQL refuses to run without.`,
      hint: 'Run as a user with an entry; in a container set one with `USER`, or add a line to /etc/passwd.',
      cause,
    });
  }
}
