import { join } from 'node:path';
import { LabError } from '../lab-error.ts';
import type { PostgresSettings } from './provider.ts';

/** PostgreSQL's own bound (MAX_BACKENDS); a sensible one is the plan's business. */
const MAX_CONNECTIONS_MAX = 262_143;

/** What the supervisor decides; a setting beside it would let two parts disagree. */
const SUPERVISED: Readonly<Record<string, string>> = {
  max_connections: 'use maxConnections',
  superuser_reserved_connections: 'use superuserReservedConnections',
  reserved_connections: 'use reservedConnections',
  listen_addresses: 'it is 127.0.0.1, or none',
  port: 'a free one is chosen',
  unix_socket_directories: 'the socket is inside the data directory',
  data_directory: 'it is temporary',
  hba_file: 'the lab writes its own',
  ident_file: 'the lab writes its own',
  include: 'give the settings themselves',
  include_dir: 'give the settings themselves',
  include_if_exists: 'give the settings themselves',
  external_pid_file: 'the lab keeps the process id itself',
  logging_collector: 'the lab reads the log itself',
  log_destination: 'the lab reads the log itself',
  ssl: 'use transport',
  ssl_cert_file: 'the lab makes its own',
  ssl_key_file: 'the lab makes its own',
};

/**
 * What makes the server run a program of the setting's choice, or send what it has elsewhere. Settings also
 * come with a directory that somebody sent: a run to go on with, a pool-lab.yaml.
 */
const COMMANDS: ReadonlySet<string> = new Set([
  'archive_command',
  'archive_cleanup_command',
  'restore_command',
  'recovery_end_command',
  'ssl_passphrase_command',
  'primary_conninfo',
  'dynamic_library_path',
  'extension_control_path',
]);

/** Libraries by their names alone are those that came with PostgreSQL. */
const LIBRARIES: ReadonlySet<string> = new Set([
  'shared_preload_libraries',
  'session_preload_libraries',
  'local_preload_libraries',
  'archive_library',
  'jit_provider',
  'oauth_validator_libraries',
]);

/** @throws LabError CONFIG_INVALID that names every problem: field, value, remedy */
export function assertSettings(settings: PostgresSettings): void {
  const problems = [...countProblems(settings), ...extraProblems(settings.extra)];
  if (problems.length === 0) return;
  throw new LabError('CONFIG_INVALID', {
    message: `PostgreSQL cannot start with these settings: ${problems.map(({ what }) => what).join('; ')}.`,
    hint: problems.map(({ remedy }) => remedy).join(' '),
  });
}

interface Problem {
  readonly what: string;
  readonly remedy: string;
}

function* countProblems(settings: PostgresSettings): Generator<Problem> {
  const { maxConnections, superuserReservedConnections, reservedConnections } = settings;
  const fields = { maxConnections, superuserReservedConnections, reservedConnections };
  let numbersAreSound = true;
  for (const [field, value] of Object.entries(fields)) {
    const least = field === 'maxConnections' ? 1 : 0;
    if (Number.isInteger(value) && value >= least && value <= MAX_CONNECTIONS_MAX) continue;
    numbersAreSound = false;
    yield {
      what: `${field} is ${value}`,
      remedy: `Give ${field} a whole number from ${least} to ${MAX_CONNECTIONS_MAX}.`,
    };
  }
  const reserved = superuserReservedConnections + reservedConnections;
  if (numbersAreSound && reserved >= maxConnections) {
    yield {
      what: `superuserReservedConnections ${superuserReservedConnections} + reservedConnections ${reservedConnections} leave nothing of maxConnections ${maxConnections}`,
      remedy: `Raise maxConnections above ${reserved}, or reserve less.`,
    };
  }
}

function* extraProblems(extra: Readonly<Record<string, string>>): Generator<Problem> {
  for (const [name, value] of Object.entries(extra)) {
    const lowerCase = name.toLowerCase();
    const supervised = Object.hasOwn(SUPERVISED, lowerCase) ? SUPERVISED[lowerCase] : undefined;
    if (COMMANDS.has(lowerCase)) {
      yield {
        what: `extra setting ${name} makes the server run or reach something of its own`,
        remedy: `Leave ${name} out: what is measured here needs none.`,
      };
    } else if (LIBRARIES.has(lowerCase) && value.includes('/')) {
      yield {
        what: `extra setting ${name} names a library by its path, ${JSON.stringify(value)}`,
        remedy: `Give ${name} the names of libraries that came with PostgreSQL.`,
      };
    } else if (supervised !== undefined) {
      yield {
        what: `extra setting ${name} is the lab's own`,
        remedy: `Leave ${name} out: ${supervised}.`,
      };
    } else if (!/^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/i.test(name)) {
      yield {
        what: `extra setting ${JSON.stringify(name)} is no name`,
        remedy: 'Use names as in postgresql.conf, e.g. shared_buffers.',
      };
    } else if (/[\n\r\0]/.test(value)) {
      yield {
        what: `extra setting ${name} has a line break in its value ${JSON.stringify(value)}`,
        remedy: `Give ${name} a value of one line.`,
      };
    }
  }
}

/**
 * The configuration file: what initdb found to fit this machine, the settings, and then what the
 * supervisor decides; of two lines for one name the later counts. Everything not named is
 * PostgreSQL's default, `fsync = on` among it.
 */
export function settingsFile(
  settings: PostgresSettings,
  placement: {
    readonly port: number;
    readonly dataPath: string;
    readonly hbaPath: string;
    readonly identPath: string;
    readonly clusterName: string;
    /** With transport `tls`: what it encrypts with. */
    readonly certificatePath: string;
    readonly keyPath: string;
  },
): string {
  const { transport } = settings;
  const values: readonly (readonly [string, string])[] = [
    ['include', join(placement.dataPath, 'postgresql.conf')],
    // PostgreSQL's default; a newer one may be asked for.
    ['ssl_min_protocol_version', 'TLSv1.2'],
    ...Object.entries(settings.extra),
    ['max_connections', String(settings.maxConnections)],
    ['superuser_reserved_connections', String(settings.superuserReservedConnections)],
    ['reserved_connections', String(settings.reservedConnections)],
    ['listen_addresses', transport === 'socket' ? '' : '127.0.0.1'],
    ['port', String(placement.port)],
    // Inside a directory that only the server's account and root can enter.
    ['unix_socket_directories', placement.dataPath],
    ['unix_socket_permissions', '0700'],
    ['hba_file', placement.hbaPath],
    ['ident_file', placement.identPath],
    ['cluster_name', placement.clusterName],
    ['logging_collector', 'off'],
    ['log_destination', 'stderr'],
    ...tlsSettings(transport, placement),
  ];
  return values.map(([name, value]) => `${name} = ${quoted(value)}\n`).join('');
}

function tlsSettings(
  transport: PostgresSettings['transport'],
  { certificatePath, keyPath }: { readonly certificatePath: string; readonly keyPath: string },
): readonly (readonly [string, string])[] {
  if (transport !== 'tls') return [['ssl', 'off']];
  return [
    ['ssl', 'on'],
    ['ssl_cert_file', certificatePath],
    ['ssl_key_file', keyPath],
  ];
}

function quoted(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
