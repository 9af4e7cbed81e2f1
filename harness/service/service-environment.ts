import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { databaseAddress } from './database-address.ts';

/** Carries a random id from the service's first process to all its descendants, by which they are found again. */
export const SERVICE_MARKER_ENV = 'POOL_LAB_SERVICE';

/** What the lab, its Node or its npm says of itself, and what would send a driver somewhere else. */
const DROPPED_PREFIXES = ['POOL_LAB_', 'PG', 'npm_package_', 'npm_lifecycle_', 'VITEST'];
const DROPPED = new Set([
  'NODE_OPTIONS',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'NODE_UNIQUE_ID',
  'NODE_V8_COVERAGE',
  'NODE_COMPILE_CACHE',
  'npm_command',
  'npm_execpath',
  'npm_node_execpath',
  'INIT_CWD',
  // Of systemd, for the process that it started.
  'LISTEN_FDS',
  'LISTEN_FDNAMES',
  'LISTEN_PID',
  'NOTIFY_SOCKET',
  'WATCHDOG_PID',
  'WATCHDOG_USEC',
]);

/**
 * The lab's own environment, so that PATH, HOME and an activated virtual environment work, with the address of the
 * lab's database, and what was asked for on top.
 *
 * @param asked with everything filled in; may name DATABASE_URL too
 * @param passed names that are handed on whatever they begin with
 * @throws LabError CONFIG_INVALID where one of them is not set
 */
export function serviceEnvironment(
  lab: Readonly<Record<string, string | undefined>>,
  {
    database,
    asked,
    passed,
    marker,
  }: {
    readonly database: DatabaseConfig;
    readonly asked: Readonly<Record<string, string>>;
    readonly passed: readonly string[];
    readonly marker: string;
  },
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(lab)) {
    if (value !== undefined && !isDropped(name)) environment[name] = value;
  }
  return {
    ...environment,
    DATABASE_URL: databaseAddress(database),
    ...asked,
    ...handedOn(lab, passed),
    [SERVICE_MARKER_ENV]: marker,
  };
}

function isDropped(name: string): boolean {
  return DROPPED.has(name) || DROPPED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function handedOn(
  lab: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): Record<string, string> {
  const missing = names.filter((name) => lab[name] === undefined);
  if (missing.length > 0) {
    throw new LabError('CONFIG_INVALID', {
      message: `--env ${missing.join(', ')} hands on what is not set where the lab runs`,
      hint: `set it before the lab is started, or give it a value: --env ${missing[0]}=…`,
    });
  }
  return Object.fromEntries(names.map((name) => [name, lab[name] ?? '']));
}
