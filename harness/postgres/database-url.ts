import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { Redactor } from '../report/redactor.ts';
import { hideDatabasePassword } from './password-secrecy.ts';

/** The variable a database's address comes in: in an argument everybody could read its password. */
export const DATABASE_URL_ENV = 'DATABASE_URL';

// A whole address as an example would have its password taken out on its way to the screen.
const REMEDY =
  'give all of postgres://…@host:port/database, with user:password before the @; write what is special in a part as %40 (@), %3A (:), %2F (/), %25 (%)';

const PORT_MAX = 65_535;

/**
 * One server by TCP, spelled out: user, password, host, port, database. Whatever else such an address
 * could say (parameters, several hosts, a socket) is refused, not guessed at. The password is hidden
 * before anything can be said about it, and no message holds a piece of the address.
 *
 * @param asker what needs it @default --postgres url
 * @throws LabError CONFIG_INVALID
 */
export function parseDatabaseUrl(
  text: string | undefined,
  redactor: Redactor,
  asker = '--postgres url',
): DatabaseConfig {
  if (text === undefined || text === '') {
    throw new LabError('CONFIG_INVALID', {
      message: `${asker} needs an address in the variable ${DATABASE_URL_ENV}, and that is ${text === '' ? 'empty' : 'not set'}`,
      hint: REMEDY,
    });
  }
  try {
    const address = addressOf(text);
    hideDatabasePassword(address, redactor);
    return address;
  } catch (error) {
    // What stands where a password stands, in an address of whatever mistakes.
    redactor.register(/^[^:]*:\/\/[^:]*:(?<secret>.*)@/su.exec(text)?.groups?.['secret'] ?? text);
    throw error;
  }
}

function addressOf(text: string): DatabaseConfig {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text)?.[0];
  if (scheme === undefined) throw refused('does not begin with postgres:// or postgresql://');
  const rest = text.slice(scheme.length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(rest)) throw refused('has a space or a control character');
  if (/[?#]/.test(rest)) {
    throw refused(
      'has parameters (? or #), which are not understood: leave them out, or write those of a password as %3F and %23',
    );
  }

  const [credentials = '', place, ...more] = rest.split('@');
  if (place === undefined) throw refused('has no user and password');
  if (more.length > 0) throw refused('has more than one @');
  const [user = '', password, ...colons] = credentials.split(':');
  if (user === '') throw refused('has no user');
  if (password === undefined || password === '') throw refused('has no password');
  if (colons.length > 0) throw refused('has more than one : before the @');

  const [server = '', database = '', ...slashes] = place.split('/');
  if (server.includes(',')) throw refused('names several hosts');
  const { host, port } = serverOf(server);
  if (database === '') throw refused('has no database');
  if (slashes.length > 0) throw refused('has more than one / after the @');

  return {
    host,
    port,
    user: decoded(user, 'user'),
    password: decoded(password, 'password'),
    database: decoded(database, 'database'),
  };
}

function serverOf(text: string): { readonly host: string; readonly port: number } {
  const parts = /^(?<host>\[[^\]]*\]|[^:]*)(?<colon>:(?<port>.*))?$/u.exec(text)?.groups;
  const host = parts?.['host'] ?? '';
  const port = parts?.['port'] ?? '';
  if (host === '') throw refused('has no host: sockets are not understood');
  if (!/^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)$/.test(host)) {
    throw refused('has a host that is neither a name nor an address');
  }
  if (port === '') throw refused('has no port');
  if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > PORT_MAX) {
    throw refused(`has a port that is not a number from 1 to ${PORT_MAX}`);
  }
  return { host: host.replace(/^\[|\]$/g, '').toLowerCase(), port: Number(port) };
}

function decoded(text: string, part: string): string {
  let value: string;
  try {
    value = decodeURIComponent(text);
  } catch {
    throw refused(`has a % in its ${part} that is not followed by a character's code`);
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(value)) throw refused(`has a control character in its ${part}`);
  return value;
}

function refused(problem: string): LabError {
  return new LabError('CONFIG_INVALID', {
    message: `${DATABASE_URL_ENV} ${problem}`,
    hint: REMEDY,
  });
}
