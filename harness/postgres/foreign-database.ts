import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { DatabaseConfig } from '../../server/contract.ts';
import { isLoopbackHost, type LookupAll, SYSTEM_LOOKUP } from '../loopback.ts';
import type { Transport } from '../plan/trial-plan.ts';
import { clientOptions } from './client-options.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from './connect-failure.ts';
import {
  judgedAddress,
  LOOK_APPLICATION_NAME,
  othersOf,
  readOtherSessions,
  requireConsentForHost,
  type Sessions,
  sessionsRefusal,
} from './database-consent.ts';
import {
  apiRoleOf,
  type ForeignRights,
  lacking,
  readForeignState,
  requireRights,
} from './foreign-rights.ts';
import { GuardedClient } from './guarded-client.ts';
import { MONITOR_SESSION } from './monitor-queries.ts';
import type { PostgresSettings } from './provider.ts';

/** A PostgreSQL that somebody else runs, looked at and allowed to be used. */
export interface ForeignDatabase {
  /** The role that was given: it seeds, and watches. */
  readonly owner: DatabaseConfig;
  /** Where the API connects instead, e.g. a PgBouncer; `null`: where the owner does. */
  readonly apiVia: { readonly host: string; readonly port: number } | null;
  /** As the server has them; `extra` is empty. */
  readonly settings: PostgresSettings;
  /** e.g. `15.14`. */
  readonly version: string;
  readonly rights: ForeignRights;
  /** Whose limits hold for the API: a role of the lab's own, or the one that was given. */
  readonly apiRole: string;
  /** Sessions of everybody but the API when it was looked at, and the monitor's own. */
  readonly others: number;
  /** An API that runs there already is to be driven: its role and its tables are not touched. */
  readonly drivesTheApi: boolean;
}

export interface ForeignDatabaseConsent {
  /** `--allow-remote-db`: the host that may be another machine; `null`: none. */
  readonly allowRemoteDb: string | null;
  /** `--shared-db-ok`: others may have sessions there. */
  readonly sharedDbOk: boolean;
}

/** The one that watches and holds the database for this lab. */
const MONITOR_SESSIONS = 1;
/** Looks come and go, also those of another lab that is about to be refused. */
const LOOK_SESSION = { ...MONITOR_SESSION, application_name: LOOK_APPLICATION_NAME } as const;

/** A session ends on the server side a moment after its client, e.g. that of a lab that was killed. */
const SESSIONS_GONE_MS = 2_000;
const SESSIONS_POLL_MS = 50;
const STATEMENT_DEADLINE_MS = 10_000;

/**
 * Looks at the database before anything is done to it: whether it may be used, whether the role's rights
 * are enough, and what its settings are. Changes nothing.
 *
 * @throws LabError REFUSED_REMOTE_DATABASE, REFUSED_SHARED_DATABASE, DATABASE_UNUSABLE,
 * DATABASE_UNREACHABLE, DATABASE_AUTH, NO_SLOT_FOR_MONITOR
 */
export async function lookAtForeignDatabase({
  owner: given,
  apiVia,
  consent,
  drivesTheApi,
  startsService = false,
  drivesService = false,
  signal,
  warn,
  lookupAll = SYSTEM_LOOKUP,
}: {
  readonly owner: DatabaseConfig;
  readonly apiVia: ForeignDatabase['apiVia'];
  readonly consent: ForeignDatabaseConsent;
  readonly drivesTheApi: boolean;
  /** @default false */
  readonly startsService?: boolean;
  /** Of the user's own, which runs already. @default false */
  readonly drivesService?: boolean;
  readonly signal: AbortSignal;
  readonly warn: (sentence: string) => void;
  /** @default the system's resolver */
  readonly lookupAll?: LookupAll;
}): Promise<ForeignDatabase> {
  const { allowRemoteDb } = consent;
  // A host to connect through was named by itself, on purpose.
  const { isRemote, host } = await requireConsentForHost({
    host: given.host,
    allowRemoteDb,
    lookupAll,
  });
  const owner = judgedAddress(given, host);
  if (isRemote) for (const sentence of secrecyOf(given)) warn(sentence);
  if (apiVia !== null && (await isElsewhere(apiVia.host, lookupAll))) {
    warn(`what the API and ${apiVia.host} say to each other is not encrypted`);
  }
  return await withOwner(owner, LOOK_SESSION, async (client) => {
    const { version, limits, rights } = await readForeignState(client);
    const asked = { owner, drivesTheApi, startsService, drivesService };
    requireRights(rights, asked);
    const allowed = { sharedDbOk: consent.sharedDbOk, drivesTheApi, drivesService };
    const sessions = await settledSessions(client, { allowed, signal });
    const apiRole = apiRoleOf(rights, asked);
    for (const sentence of lacking(rights, { ...asked, apiRole })) warn(sentence);
    return {
      owner,
      apiVia,
      settings: { ...limits, transport: transportOf(owner), extra: {} },
      version,
      rights,
      apiRole,
      others: othersOf(sessions, { drivesTheApi, drivesService }) + MONITOR_SESSIONS,
      drivesTheApi,
    };
  });
}

/**
 * One connection of the lab's own to somebody's database, for the time of `use`.
 *
 * @throws LabError as `connectOwner`
 */
async function withOwner<T>(
  owner: DatabaseConfig,
  session: typeof LOOK_SESSION,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connectOwner(owner, session);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/**
 * @param session who it says it is
 * @throws LabError DATABASE_UNREACHABLE, DATABASE_AUTH, NO_SLOT_FOR_MONITOR
 */
export async function connectOwner(
  owner: DatabaseConfig,
  session: { readonly application_name: string; readonly options: string },
): Promise<Client> {
  const client = new GuardedClient({
    ...clientOptions(owner),
    ...session,
    connectionTimeoutMillis: CONNECT_DEADLINE_MS,
    query_timeout: STATEMENT_DEADLINE_MS,
  });
  client.on('error', () => {
    // A lost connection also rejects what is being waited for; without a listener it would throw.
  });
  try {
    await client.connect();
  } catch (error) {
    await client.end();
    throw explainConnectError(error, owner);
  }
  return client;
}

/** What is gone in a moment is waited for. */
async function settledSessions(
  client: Client,
  {
    allowed,
    signal,
  }: {
    readonly allowed: Parameters<typeof sessionsRefusal>[1];
    readonly signal: AbortSignal;
  },
): Promise<readonly Sessions[]> {
  const deadlineMs = performance.now() + SESSIONS_GONE_MS;
  for (;;) {
    const sessions = await readOtherSessions(client);
    const refusal = sessionsRefusal(sessions, allowed);
    if (refusal === null) return sessions;
    if (performance.now() >= deadlineMs) throw refusal;
    await delay(SESSIONS_POLL_MS, undefined, { signal });
  }
}

/** A name without an address is told by the first who connects. */
async function isElsewhere(host: string, lookupAll: LookupAll): Promise<boolean> {
  try {
    return !(await isLoopbackHost(host, lookupAll));
  } catch {
    return false;
  }
}

function secrecyOf({ host, sslMode = 'disable', sslRootCert }: DatabaseConfig): readonly string[] {
  if (sslMode === 'disable') {
    return [
      `what the lab and ${host} say to each other is not encrypted: sslmode=verify-full in DATABASE_URL has it so`,
    ];
  }
  return sslMode === 'require' && sslRootCert === undefined
    ? [
        `whether it is ${host} that answers, nobody checks: sslmode=verify-full in DATABASE_URL does`,
      ]
    : [];
}

function transportOf({ host, sslMode = 'disable' }: DatabaseConfig): Transport {
  if (host.startsWith('/')) return 'socket';
  return sslMode === 'disable' ? 'tcp' : 'tls';
}
