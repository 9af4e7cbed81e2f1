import type { ClientBase } from 'pg';
import { z } from 'zod';
import {
  APPLICATION_NAME_PREFIX,
  type DatabaseConfig,
  MONITOR_APPLICATION_NAME,
} from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { type LookupAll, loopbackHost } from '../loopback.ts';
import { describeError } from '../system-error.ts';
import { NOT_THIS_ONE, TAKES_A_SLOT } from './inspection-sql.ts';
import { anotherLab } from './lab-lock.ts';

/**
 * A database on another machine is used only where its host was named on purpose. A socket's directory is on
 * this one.
 *
 * @returns whether it is on another machine, and the host to connect to: the one that was judged
 * @throws LabError REFUSED_REMOTE_DATABASE, DATABASE_UNREACHABLE
 */
export async function requireConsentForHost({
  host,
  allowRemoteDb,
  lookupAll,
}: {
  readonly host: string;
  /** `--allow-remote-db`, or `null`. */
  readonly allowRemoteDb: string | null;
  readonly lookupAll: LookupAll;
}): Promise<{ readonly isRemote: boolean; readonly host: string }> {
  if (host.startsWith('/')) return { isRemote: false, host };
  let localHost: string | null;
  try {
    localHost = await loopbackHost(host, lookupAll);
  } catch (cause) {
    throw new LabError('DATABASE_UNREACHABLE', {
      message: `The database's host ${host} has no address (${describeError(cause)}).`,
      hint: 'Is its name right, and known on this machine?',
      cause,
    });
  }
  if (localHost !== null) return { isRemote: false, host: localHost };
  if (allowRemoteDb?.toLowerCase() === host) return { isRemote: true, host };
  throw new LabError('REFUSED_REMOTE_DATABASE', {
    message:
      allowRemoteDb === null
        ? `the database's host ${host} is not this machine`
        : `the database's host ${host} is not this machine, and --allow-remote-db names ${allowRemoteDb}`,
    hint: `the lab uses up the slots of its PostgreSQL, for everybody on it; where that is wanted, add --allow-remote-db ${host}`,
  });
}

/**
 * The address that was judged is the one to connect to: a resolver may answer otherwise the next time. With
 * TLS the certificate has to be that of the name.
 */
export function judgedAddress(given: DatabaseConfig, judged: string): DatabaseConfig {
  if (judged === given.host) return given;
  return (given.sslMode ?? 'disable') === 'disable'
    ? { ...given, host: judged }
    : { ...given, hostAddress: judged };
}

/** Who the lab says it is while it only looks whether it may use a server. */
export const LOOK_APPLICATION_NAME = `${MONITOR_APPLICATION_NAME}-look`;

const sessionSchema = z.object({
  application_name: z.string(),
  role: z.string(),
  is_of_database: z.boolean(),
  sessions: z.coerce.number().int(),
});
export interface Sessions {
  readonly applicationName: string;
  readonly role: string;
  /** Of the database that was given, not of another one of that server. */
  readonly isOfDatabase: boolean;
  readonly sessions: number;
}

/**
 * Sessions of everybody but this one, as far as this role may see what they are. One that is still connecting
 * has no role yet: a health check that only knocks never gets one.
 */
export async function readOtherSessions(client: ClientBase): Promise<readonly Sessions[]> {
  const { rows } = await client.query(`
    SELECT coalesce(application_name, '') AS application_name, usename AS role,
           coalesce(datname = current_database(), false) AS is_of_database, count(*) AS sessions
      FROM pg_stat_activity a
     WHERE ${TAKES_A_SLOT} AND ${NOT_THIS_ONE} AND usename IS NOT NULL
     GROUP BY 1, 2, 3 ORDER BY 4 DESC, 1, 2`);
  return z
    .array(sessionSchema)
    .parse(rows)
    .map(({ application_name, role, is_of_database, sessions }) => ({
      applicationName: application_name,
      role,
      isOfDatabase: is_of_database,
      sessions,
    }));
}

/** Whose sessions are there already, and not others'. */
interface Driven {
  /** The API that runs there already is the one to be driven. */
  readonly drivesTheApi: boolean;
  /**
   * A service of the user's own is, whose sessions may have any name and role: all of its database are taken for its.
   * @default false
   */
  readonly drivesService?: boolean;
}

/** Enough to recognise them by. */
const SESSIONS_SHOWN = 5;

/**
 * What stands against using a server with these sessions on it; `null`: nothing.
 *
 * Two labs on one server would count each other's sessions as their own and change each other's
 * password, so another one's monitor is refused in any case, unless the lab is to drive that one's API.
 */
export function sessionsRefusal(
  sessions: readonly Sessions[],
  allowed: Driven & {
    /** `--shared-db-ok` */
    readonly sharedDbOk: boolean;
  },
): LabError | null {
  const ofALab = sessions.some((it) => it.applicationName === MONITOR_APPLICATION_NAME);
  if (ofALab && !allowed.drivesTheApi) return anotherLab();
  const others = sessions.filter(
    ({ applicationName, isOfDatabase }) =>
      applicationName !== LOOK_APPLICATION_NAME &&
      !(allowed.drivesTheApi && isOfTheLab(applicationName)) &&
      !(allowed.drivesService === true && isOfDatabase),
  );
  if (others.length === 0 || allowed.sharedDbOk) return null;
  const shown = others
    .slice(0, SESSIONS_SHOWN)
    .map((it) => `${it.sessions} × ${it.applicationName || 'without a name'} (role ${it.role})`);
  const count = others.reduce((sum, it) => sum + it.sessions, 0);
  return new LabError('REFUSED_SHARED_DATABASE', {
    message: `others use this PostgreSQL: ${count} ${count === 1 ? 'session' : 'sessions'}, ${shown.join(', ')}${others.length > SESSIONS_SHOWN ? ' …' : ''}`,
    hint: 'the lab uses up the slots that they need too, and they disturb what it measures; where that is known and wanted, add --shared-db-ok',
  });
}

/** How many of them are not of the API. */
export function othersOf(
  sessions: readonly Sessions[],
  { drivesTheApi, drivesService = false }: Driven,
): number {
  return sessions
    .filter(
      ({ applicationName, isOfDatabase }) =>
        applicationName !== LOOK_APPLICATION_NAME &&
        !(drivesTheApi && applicationName.startsWith(APPLICATION_NAME_PREFIX)) &&
        !(drivesService && isOfDatabase),
    )
    .reduce((sum, it) => sum + it.sessions, 0);
}

function isOfTheLab(applicationName: string): boolean {
  return (
    applicationName === MONITOR_APPLICATION_NAME ||
    applicationName.startsWith(APPLICATION_NAME_PREFIX)
  );
}
