import { decoded, refusedUrl } from './database-url-refusal.ts';

/** What an address says after its `?`, decoded, by the names of libpq. */
export interface Parameters {
  /** `host`, `port`, `user`, `password`, `dbname`, as far as they are said. */
  readonly connection: ReadonlyMap<string, string>;
  readonly sslMode: string | undefined;
  readonly sslRootCert: string | undefined;
  /** Names of those that say nothing the lab does not decide itself. */
  readonly unused: readonly string[];
}

const CONNECTION = ['host', 'port', 'user', 'password', 'dbname'] as const;
const UNUSED = ['application_name', 'fallback_application_name', 'connect_timeout'] as const;
const ENCRYPTION = ['sslmode', 'sslrootcert'] as const;

const LEAVE_OUT = 'leave it out';
const WRITE_THEM = 'write what it stands for into the address itself';
const ONE_SERVER = 'leave it out, and name the one server that is meant';
const NO_CLIENT_CERTIFICATE = 'leave it out, and use a role with a password';
const OWN_SETTINGS = 'leave it out, or give it to the role: ALTER ROLE … SET …';
const TLS_REMEDY = 'leave it out; sslmode=verify-full&sslrootcert=/path.pem says all that is used';

/** Known from libpq, the drivers and Prisma, and not understood here, with what to do instead. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['service', WRITE_THEM],
  ['servicefile', WRITE_THEM],
  ['passfile', 'write the password into the address itself'],
  ['hostaddr', 'give the address as the host'],
  ['options', OWN_SETTINGS],
  ['client_encoding', LEAVE_OUT],
  ['timezone', OWN_SETTINGS],
  ['statement_timeout', OWN_SETTINGS],
  ['target_session_attrs', ONE_SERVER],
  ['load_balance_hosts', ONE_SERVER],
  ['replication', 'leave it out: the lab speaks SQL'],
  ['channel_binding', TLS_REMEDY],
  ['require_auth', LEAVE_OUT],
  ['requirepeer', LEAVE_OUT],
  ['sslcert', NO_CLIENT_CERTIFICATE],
  ['sslkey', NO_CLIENT_CERTIFICATE],
  ['sslpassword', NO_CLIENT_CERTIFICATE],
  ['sslcertmode', LEAVE_OUT],
  ['sslcrl', TLS_REMEDY],
  ['sslcrldir', TLS_REMEDY],
  ['sslsni', TLS_REMEDY],
  ['sslcompression', LEAVE_OUT],
  ['sslnegotiation', TLS_REMEDY],
  ['ssl_min_protocol_version', TLS_REMEDY],
  ['ssl_max_protocol_version', TLS_REMEDY],
  ['ssl', 'write sslmode=require, or better sslmode=verify-full with sslrootcert'],
  ['requiressl', 'write sslmode=require, or better sslmode=verify-full with sslrootcert'],
  ['uselibpqcompat', 'leave it out: sslmode means what it does to libpq'],
  ['gssencmode', LEAVE_OUT],
  ['krbsrvname', LEAVE_OUT],
  ['gsslib', LEAVE_OUT],
  ['gssdelegation', LEAVE_OUT],
  ['keepalives', LEAVE_OUT],
  ['keepalives_idle', LEAVE_OUT],
  ['keepalives_interval', LEAVE_OUT],
  ['keepalives_count', LEAVE_OUT],
  ['tcp_user_timeout', LEAVE_OUT],
  ['schema', 'leave it out: the lab works in a schema of its own'],
  ['pgbouncer', 'give the address of PostgreSQL itself; --api-via has the API connect elsewhere'],
  ['connection_limit', 'leave it out, and use --pool-size and --max-overflow'],
  ['pool_timeout', 'leave it out, and use --pool-timeout'],
  ['pool_max_conns', 'leave it out, and use --pool-size and --max-overflow'],
]);

/**
 * @param query what stands after the `?`; `undefined`: there is none
 * @throws LabError CONFIG_INVALID
 */
export function parametersOf(query: string | undefined): Parameters {
  const values = new Map<string, string>();
  const parameters = query === undefined ? [] : query.split('&');
  for (const [index, parameter] of parameters.entries()) {
    const [name = '', value, ...more] = parameter.split('=');
    if (value === undefined || value === '' || more.length > 0) {
      throw refusedUrl(`has no name=value as its parameter ${index + 1}`, '%26 (&) and %3D (=)');
    }
    requireKnown(name, index);
    // A + is a space to some who read addresses, and a + to others.
    if (value.includes('+')) throw refusedUrl(`has a + in its ${name}`, '%2B (+) or %20 (space)');
    if (values.has(name)) throw refusedUrl(`has ${name} twice`, undefined, 'leave one of them out');
    values.set(name, decoded(value, name));
  }
  return {
    connection: new Map([...values].filter(([name]) => isOneOf(CONNECTION, name))),
    sslMode: values.get('sslmode'),
    sslRootCert: values.get('sslrootcert'),
    unused: UNUSED.filter((name) => values.has(name)),
  };
}

/** A name that nobody knows may be a piece of a password with a & in it, and is not repeated. */
function requireKnown(name: string, index: number): void {
  if ([CONNECTION, ENCRYPTION, UNUSED].some((names) => isOneOf(names, name))) return;
  const remedy = REFUSED.get(name);
  if (remedy !== undefined) {
    throw refusedUrl(`has the parameter ${name}, which is not understood`, undefined, remedy);
  }
  throw refusedUrl(
    `has a parameter that is not understood (number ${index + 1})`,
    undefined,
    `understood are ${[...CONNECTION, ...ENCRYPTION].join(', ')}; write what is special in a part as %26 (&), %3D (=), %3F (?)`,
  );
}

function isOneOf(names: readonly string[], name: string): boolean {
  return names.includes(name);
}
