import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { describeError, systemErrorCode } from '../system-error.ts';
import { requireApiLogin } from './api-login.ts';
import { API_ROLE } from './cluster-template.ts';
import { randomPassword } from './credentials.ts';
import { connectOwner, type ForeignDatabase } from './foreign-database.ts';
import { holdServer } from './lab-lock.ts';
import { closeApiRole, openApiRole } from './marked-role.ts';
import { MONITOR_SESSION } from './monitor-queries.ts';
import type { PostgresCapabilities, PostgresProvider, StartedPostgres } from './provider.ts';

/** SQLSTATE insufficient_privilege. */
const NO_PRIVILEGE = '42501';
/** A moment more than it waits for others itself. */
const HOLD_AGAIN_MS = 3_000;

/**
 * A server that is there already. Starting it means to hold it for this lab, and to make the API's role in
 * it, or to give that a new password; stopping, to let nobody log in as that role. Everything else of it is
 * left as it is: the workloads' schema is marked and serves the next run.
 */
export function createUrlPostgres(
  database: ForeignDatabase,
  { warn }: { readonly warn: (sentence: string) => void },
): PostgresProvider {
  return {
    kind: 'url',
    start: async (_settings, signal) => {
      signal.throwIfAborted();
      return database.drivesTheApi ? driven(database) : await held(database, { signal, warn });
    },
  };
}

/** The API has a lab of its own, which holds the server. */
function driven(database: ForeignDatabase): StartedPostgres {
  return {
    ...startedOn(database, performance.now()),
    api: placeOfApi(database, { user: database.apiRole, password: randomPassword() }),
    stop: () => Promise.resolve(),
  };
}

async function held(
  database: ForeignDatabase,
  { signal, warn }: { readonly signal: AbortSignal; readonly warn: (sentence: string) => void },
): Promise<StartedPostgres> {
  const { owner, apiRole, rights } = database;
  const startedAt = performance.now();
  const hasOwnRole = apiRole === API_ROLE;
  const password = hasOwnRole ? randomPassword() : owner.password;
  const session = await connectOwner(owner, MONITOR_SESSION);
  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    try {
      if (hasOwnRole) await closeRoleBy(session, owner);
    } catch (error) {
      // Nobody knows its password, so that what was measured matters more.
      warn(`the role ${API_ROLE} could still log in: ${describeError(error)}`);
    } finally {
      await session.end();
    }
  };
  try {
    await holdServer(session, signal);
    if (hasOwnRole) {
      const opened = { password, database: owner.database, seesSessions: rights.seesSessions };
      await asOwner(owner, () => openApiRole(session, opened));
    }
  } catch (error) {
    // What another lab holds is not touched.
    await session.end();
    throw error;
  }
  const api = placeOfApi(database, { user: apiRole, password });
  try {
    if (database.apiVia === null) await requireApiLogin(api);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...startedOn(database, startedAt),
    api,
    session,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * The lock goes with the session: until the role is closed, no other lab opens it. A session that was lost
 * has let go of it, and then the server is held anew.
 */
async function closeRoleBy(session: Client, owner: DatabaseConfig): Promise<void> {
  try {
    await closeApiRole(session);
  } catch {
    const another = await connectOwner(owner, MONITOR_SESSION);
    try {
      await holdServer(another, AbortSignal.timeout(HOLD_AGAIN_MS));
      await closeApiRole(another);
    } finally {
      await another.end();
    }
  }
}

function startedOn(
  { owner, settings, version, rights }: ForeignDatabase,
  startedAt: number,
): Omit<StartedPostgres, 'api' | 'stop'> {
  return {
    capabilities: capabilitiesOf(rights),
    superuser: owner,
    version,
    settings,
    timings: { stageMs: 0, initMs: 0, readyMs: performance.now() - startedAt },
    postmasterPid: null,
    dataDirectory: null,
    // Whether a server that somebody else runs has ended, only its connections tell.
    died: new Promise(() => undefined),
    refusals: null,
  };
}

function capabilitiesOf({
  isSuperuser,
  seesSessions,
}: ForeignDatabase['rights']): PostgresCapabilities {
  const isOwn = false;
  return { setsSettings: false, isOwn, showsProcesses: false, isSuperuser, seesSessions };
}

/** What the API connects through is a place of its own, and what is said of the way to PostgreSQL is not of it. */
function placeOfApi(
  { owner, apiVia }: ForeignDatabase,
  role: Pick<DatabaseConfig, 'user' | 'password'>,
): DatabaseConfig {
  return apiVia === null ? { ...owner, ...role } : { ...apiVia, database: owner.database, ...role };
}

async function asOwner({ user }: DatabaseConfig, use: () => Promise<void>): Promise<void> {
  try {
    await use();
  } catch (cause) {
    if (systemErrorCode(cause) !== NO_PRIVILEGE) throw cause;
    throw new LabError('DATABASE_UNUSABLE', {
      message: `the role ${user} may not change the role ${API_ROLE}: ${describeError(cause)}`,
      hint: `give the address of a superuser or of the role that made it, or drop it there: DROP OWNED BY ${API_ROLE}; DROP ROLE ${API_ROLE}`,
      cause,
    });
  }
}
