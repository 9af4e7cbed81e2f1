import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import type { Redactor } from '../report/redactor.ts';
import { databaseHost } from './database-url-host.ts';
import { parametersOf } from './database-url-parameters.ts';
import { DATABASE_URL_ENV, decoded, REMEDY, refusedUrl } from './database-url-refusal.ts';
import { encryptionOf } from './database-url-tls.ts';
import { hideDatabasePassword } from './password-secrecy.ts';

/** libpq's own. */
const DEFAULT_PORT = 5_432;
const PORT_MAX = 65_535;
/** Far above what an address needs; a variable may hold a megabyte. */
const LENGTH_MAX = 8_192;

/**
 * One server, as libpq's addresses name it: by TCP or by a socket's directory, with what is said in the
 * parameters counted in. Where two parts of an address contradict each other, or other programs would read it
 * differently, it is refused and not guessed at: the host that is judged is the one that is connected to.
 * The password is hidden before anything can be said about it, and no message holds a piece of the address.
 *
 * @param asker what needs it @default --postgres url
 * @param warn told what of it is not used @default nobody
 * @throws LabError CONFIG_INVALID
 */
export function parseDatabaseUrl(
  text: string | undefined,
  redactor: Redactor,
  asker = '--postgres url',
  warn: (sentence: string) => void = () => undefined,
): DatabaseConfig {
  if (text === undefined || text === '') {
    throw new LabError('CONFIG_INVALID', {
      message: `${asker} needs an address in the variable ${DATABASE_URL_ENV}, and that is ${text === '' ? 'empty' : 'not set'}`,
      hint: REMEDY,
    });
  }
  try {
    const { address, unused } = addressOf(text);
    hideDatabasePassword(address, redactor);
    if (unused.length > 0) {
      warn(`not used of ${DATABASE_URL_ENV}, the lab has its own: ${unused.join(', ')}`);
    }
    return address;
  } catch (error) {
    for (const secret of passwordPlaces(text)) redactor.register(secret);
    throw error;
  }
}

function addressOf(text: string): {
  readonly address: DatabaseConfig;
  readonly unused: readonly string[];
} {
  if (text.length > LENGTH_MAX) throw refusedUrl(`is longer than ${LENGTH_MAX} characters`);
  const rest = text.slice(requiredScheme(text).length);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\s\u0000-\u001f\u007f]/.test(rest)) {
    throw refusedUrl('has a space or a control character');
  }
  if (!rest.isWellFormed()) throw refusedUrl('has half a character');
  if (rest.includes('#')) throw refusedUrl('has a #, with which nothing of it begins', '%23');

  const [before = '', query, ...queries] = rest.split('?');
  if (queries.length > 0) throw refusedUrl('has more than one ?', '%3F');
  if (query?.includes('@') === true) throw refusedUrl('has an @ after its ?', '%3F and %40');
  const parameters = parametersOf(query);
  const written = partsOf(before);

  const user = agreed('user', written.user, parameters.connection.get('user'));
  const password = agreed('password', written.password, parameters.connection.get('password'));
  const host = agreed('host', hostOf(written.host), hostOf(parameters.connection.get('host')));
  const port = portOf(agreed('port', written.port, parameters.connection.get('port')));
  const database = agreed('database', written.database, parameters.connection.get('dbname'));
  if (user === null) {
    throw refusedUrl(password === null ? 'has no user and password' : 'has no user');
  }
  if (host === null) {
    throw refusedUrl('has no host', undefined, 'write localhost, or ?host=/directory for a socket');
  }
  const isSocket = host.startsWith('/');
  // By a socket the server may know who asks; whether it does, it says itself.
  if (password === null && !isSocket) throw refusedUrl('has no password');
  if (database === null) throw refusedUrl('has no database');
  return {
    address: {
      host,
      port,
      user,
      password: password ?? '',
      database,
      ...encryptionOf(parameters, isSocket),
    },
    unused: parameters.unused,
  };
}

/** As SQLAlchemy and Java write it, with what to write here. */
const SCHEMES: readonly (readonly [RegExp, string])[] = [
  [/^postgres(?:ql)?\+[a-z0-9_]+:/i, 'leave out the + and the name of the driver after it'],
  [/^jdbc:/i, 'leave out jdbc:, and write user:password@ before the host'],
  [/^\s*[a-z_]+\s*=/i, 'write it as an address; host=… user=… is another form of it'],
  [/^postgres(?:ql)?:\/\//i, 'write postgres:// in lower case'],
];

function requiredScheme(text: string): string {
  const scheme = /^postgres(?:ql)?:\/\//.exec(text)?.[0];
  if (scheme !== undefined) return scheme;
  const remedy = SCHEMES.find(([form]) => form.test(text))?.[1];
  throw refusedUrl('does not begin with postgres:// or postgresql://', undefined, remedy);
}

/** What an address says of a part; `null`: nothing. */
interface Written {
  readonly user: string | null;
  readonly password: string | null;
  /** Without its brackets. */
  readonly host: string | null;
  readonly port: string | null;
  readonly database: string | null;
}

/** `user:password@host:port/database`, each part decoded, and each may be missing. */
function partsOf(text: string): Written {
  const pieces = text.split('@');
  if (pieces.length > 2) throw refusedUrl('has more than one @', '%40');
  const credentials = pieces.length === 2 ? (pieces[0] ?? '') : '';
  const place = pieces.at(-1) ?? '';
  // libpq would take what is before it for the host.
  if (credentials.includes('/')) throw refusedUrl('has a / before its @', '%2F');
  const [user = '', password = '', ...colons] = credentials.split(':');
  if (colons.length > 0) throw refusedUrl('has more than one : before the @', '%3A');

  const [server = '', database = '', ...slashes] = place.split('/');
  if (slashes.length > 0) {
    throw refusedUrl(
      pieces.length === 2 ? 'has more than one / after the @' : 'has more than one / in it',
      '%2F',
    );
  }
  if (server.includes(',')) throw refusedUrl('names several hosts');
  const parts = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>.*))?$/u.exec(server)?.groups;
  return {
    user: presentOf(user, 'user'),
    password: presentOf(password, 'password'),
    host: bracketless(presentOf(parts?.['host'] ?? '', 'host')),
    port: presentOf(parts?.['port'] ?? '', 'port'),
    database: presentOf(database, 'database'),
  };
}

function presentOf(text: string, part: string): string | null {
  return text === '' ? null : decoded(text, part);
}

/** Brackets are for what has colons; a name in brackets is none, and keeps them. */
function bracketless(host: string | null): string | null {
  return host?.replace(/^\[([0-9a-f:.]+)\]$/i, '$1') ?? null;
}

/** libpq lets parameters override what stands before them, others do not: both must say the same. */
function agreed(
  part: string,
  written: string | null,
  parameter: string | null | undefined,
): string | null {
  const given = parameter ?? null;
  if (written !== null && given !== null && given !== written) {
    throw refusedUrl(
      `says two different things of its ${part}`,
      undefined,
      'leave one of them out',
    );
  }
  return given ?? written;
}

function hostOf(text: string | null | undefined): string | null {
  return text === null || text === undefined ? null : databaseHost(text);
}

function portOf(text: string | null): number {
  if (text === null) return DEFAULT_PORT;
  if (text.includes(',')) throw refusedUrl('names several hosts');
  if (!/^\d{1,5}$/.test(text) || Number(text) < 1 || Number(text) > PORT_MAX) {
    throw refusedUrl(`has a port that is not a number from 1 to ${PORT_MAX}`);
  }
  return Number(text);
}

/** What stands where passwords do, in an address of whatever mistakes; all of it, where nothing does. */
function passwordPlaces(text: string): readonly string[] {
  const beforeAt = /^[^:]*:\/\/[^:]*:(?<secret>.*)@/su.exec(text)?.groups?.['secret'];
  const parameters = text.matchAll(/[?&; ](?:ssl)?password=(?<secret>[^&; ]*)/giu);
  const found = [beforeAt, ...[...parameters].map(({ groups }) => groups?.['secret'])];
  const secrets = found.flatMap((it) => (it === undefined || it === '' ? [] : [it]));
  return secrets.length > 0 ? secrets : [text];
}
