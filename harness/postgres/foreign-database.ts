import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { z } from 'zod';
import type { DatabaseConfig } from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { type LookupAll, SYSTEM_LOOKUP } from '../loopback.ts';
import type { Transport } from '../plan/trial-plan.ts';
import { clientOptions } from './client-options.ts';
import { API_ROLE } from './cluster-template.ts';
import { CONNECT_DEADLINE_MS, explainConnectError } from './connect-failure.ts';
import { readOtherSessions, requireConsentForHost, sessionsRefusal } from './database-consent.ts';
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
  /** The role that was given is a superuser's. */
  readonly isSuperuser: boolean;
  /** Whose limits hold for the API. */
  readonly apiRole: string;
  /** An API that runs there already is to be driven: its role and its tables are not touched. */
  readonly drivesTheApi: boolean;
}

export interface ForeignDatabaseConsent {
  /** `--allow-remote-db`: the host that may be another machine; `null`: none. */
  readonly allowRemoteDb: string | null;
  /** `--shared-db-ok`: others may have sessions there. */
  readonly sharedDbOk: boolean;
}

/** A session ends on the server side a moment after its client, e.g. that of a lab that was killed. */
const SESSIONS_GONE_MS = 2_000;
const SESSIONS_POLL_MS = 50;
const STATEMENT_DEADLINE_MS = 10_000;

const stateSchema = z.object({
  version: z.string(),
  max_connections: z.coerce.number().int(),
  superuser_reserved: z.coerce.number().int(),
  reserved: z.coerce.number().int(),
  is_standby: z.boolean(),
  is_superuser: z.boolean(),
  creates_roles: z.boolean(),
  creates_schemas: z.boolean(),
  sees_sessions: z.boolean(),
  has_api_role: z.boolean(),
});
type State = z.infer<typeof stateSchema>;

const STATE_SQL = `
  SELECT current_setting('server_version') AS version,
         current_setting('max_connections') AS max_connections,
         current_setting('superuser_reserved_connections') AS superuser_reserved,
         coalesce(current_setting('reserved_connections', true), '0') AS reserved,
         pg_is_in_recovery() AS is_standby,
         r.rolsuper AS is_superuser,
         r.rolsuper OR r.rolcreaterole AS creates_roles,
         has_database_privilege(current_database(), 'CREATE') AS creates_schemas,
         pg_has_role('pg_read_all_stats', 'USAGE') AS sees_sessions,
         EXISTS (SELECT FROM pg_roles WHERE rolname = '${API_ROLE}') AS has_api_role
    FROM pg_roles r WHERE r.rolname = current_user`;

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
  signal,
  warn,
  lookupAll = SYSTEM_LOOKUP,
}: {
  readonly owner: DatabaseConfig;
  readonly apiVia: ForeignDatabase['apiVia'];
  readonly consent: ForeignDatabaseConsent;
  readonly drivesTheApi: boolean;
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
  const owner = { ...given, host };
  if (isRemote) warn(`what the lab and ${host} say to each other is not encrypted`);
  return await withOwner(owner, async (client) => {
    const { rows } = await client.query(STATE_SQL);
    const state = stateSchema.parse(rows[0]);
    requireUsable(state, { owner, drivesTheApi });
    const deadlineMs = performance.now() + SESSIONS_GONE_MS;
    for (;;) {
      const sessions = await readOtherSessions(client);
      const refusal = sessionsRefusal(sessions, { sharedDbOk: consent.sharedDbOk, drivesTheApi });
      if (refusal === null) break;
      if (performance.now() >= deadlineMs) throw refusal;
      await delay(SESSIONS_POLL_MS, undefined, { signal });
    }
    return {
      owner,
      apiVia,
      settings: {
        maxConnections: state.max_connections,
        superuserReservedConnections: state.superuser_reserved,
        reservedConnections: state.reserved,
        transport: transportOf(owner),
        extra: {},
      },
      version: state.version,
      isSuperuser: state.is_superuser,
      // Of an API that was started otherwise, the role is not known.
      apiRole: drivesTheApi && !state.has_api_role ? owner.user : API_ROLE,
      drivesTheApi,
    };
  });
}

/**
 * One connection of the lab's own to somebody's database, for the time of `use`.
 *
 * @throws LabError DATABASE_UNREACHABLE, DATABASE_AUTH, NO_SLOT_FOR_MONITOR
 */
export async function withOwner<T>(
  owner: DatabaseConfig,
  use: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...clientOptions(owner),
    ...MONITOR_SESSION,
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
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function requireUsable(
  state: State,
  { owner, drivesTheApi }: Pick<ForeignDatabase, 'owner' | 'drivesTheApi'>,
): void {
  const unusable = (message: string, hint: string): LabError =>
    new LabError('DATABASE_UNUSABLE', { message, hint });
  if (state.is_standby) {
    throw unusable(
      `${owner.host}:${owner.port} is a standby, on which nothing can be written`,
      'give the address of the primary',
    );
  }
  const missing = [
    state.sees_sessions
      ? null
      : ["to see others' sessions", `GRANT pg_read_all_stats TO ${quoted(owner.user)}`],
    ...(drivesTheApi
      ? []
      : [
          state.creates_roles
            ? null
            : ['to make the role of the API', `ALTER ROLE ${quoted(owner.user)} CREATEROLE`],
          state.creates_schemas
            ? null
            : [
                `to make a schema in ${owner.database}`,
                `GRANT CREATE ON DATABASE ${quoted(owner.database)} TO ${quoted(owner.user)}`,
              ],
        ]),
  ].filter((it) => it !== null);
  if (missing.length > 0) {
    throw unusable(
      `the role ${owner.user} lacks the right ${missing.map(([what]) => what).join(', and ')}`,
      `give it, or the address of a superuser: ${missing.map(([, how]) => how).join('; ')}`,
    );
  }
}

function transportOf({ host, sslMode = 'disable' }: DatabaseConfig): Transport {
  if (host.startsWith('/')) return 'socket';
  return sslMode === 'disable' ? 'tcp' : 'tls';
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
