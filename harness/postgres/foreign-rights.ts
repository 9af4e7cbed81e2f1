import type { ClientBase } from 'pg';
import { z } from 'zod';
import {
  APPLICATION_NAME_PREFIX,
  type DatabaseConfig,
  LAB_SCHEMA,
  LAB_SCHEMA_MARK,
} from '../../server/contract.ts';
import { LabError } from '../lab-error.ts';
import { API_ROLE } from './cluster-template.ts';
import type { PostgresSettings } from './provider.ts';

/** What the role that was given may do on somebody's server, and what of the lab's is there already. */
export interface ForeignRights {
  readonly isStandby: boolean;
  readonly isSuperuser: boolean;
  /** It may take slots of `reserved_connections`. */
  readonly isReserved: boolean;
  readonly createsRoles: boolean;
  readonly createsSchemas: boolean;
  /** States and waits of everybody's sessions, and those that are still connecting. */
  readonly seesSessions: boolean;
  /** Sessions of an API that its role hides from this one. */
  readonly hiddenApiSessions: number;
  /** Sessions of the database that their role hides from this one. */
  readonly hiddenSessions: number;
  readonly hasApiRole: boolean;
  /** The lab's schema is there, whoever made it. */
  readonly hasSchema: boolean;
  /** It is there, and this role may grant its use. */
  readonly ownsSchema: boolean;
  /** It is there, and these may work in it already. */
  readonly worksInSchema: boolean;
  readonly apiRoleWorksInSchema: boolean;
  /** CONNECTION LIMIT of the given role, of the API's and of the database; `null`: none. */
  readonly roleLimit: number | null;
  readonly apiRoleLimit: number | null;
  readonly databaseLimit: number | null;
}

export interface ForeignState {
  /** e.g. `15.14`. */
  readonly version: string;
  readonly limits: Pick<
    PostgresSettings,
    'maxConnections' | 'superuserReservedConnections' | 'reservedConnections'
  >;
  readonly rights: ForeignRights;
}

/** PostgreSQL writes −1 for "no limit". */
const limit = z.coerce
  .number()
  .int()
  .transform((value) => (value < 0 ? null : value));

const stateSchema = z.object({
  version: z.string(),
  max_connections: z.coerce.number().int(),
  superuser_reserved: z.coerce.number().int(),
  reserved: z.coerce.number().int(),
  is_standby: z.boolean(),
  is_superuser: z.boolean(),
  is_reserved: z.boolean(),
  creates_roles: z.boolean(),
  creates_schemas: z.boolean(),
  sees_sessions: z.boolean(),
  hidden_api_sessions: z.coerce.number().int(),
  hidden_sessions: z.coerce.number().int(),
  has_api_role: z.boolean(),
  has_schema: z.boolean(),
  owns_schema: z.boolean(),
  works_in_schema: z.boolean(),
  api_role_works_in_schema: z.boolean(),
  role_limit: limit,
  api_role_limit: limit,
  database_limit: limit,
});

/** @param role its oid */
const worksInSchema = (role: string): string => `
  coalesce(starts_with(obj_description(n.oid, 'pg_namespace'), $1)
           AND has_schema_privilege(${role}, n.oid, 'USAGE')
           AND NOT EXISTS (
             SELECT FROM pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
              WHERE c.relnamespace = n.oid AND c.relkind = 'r'
                AND NOT has_table_privilege(${role}, c.oid, privilege)), false)`;

const STATE_SQL = `
  SELECT current_setting('server_version') AS version,
         current_setting('max_connections') AS max_connections,
         current_setting('superuser_reserved_connections') AS superuser_reserved,
         coalesce(current_setting('reserved_connections', true), '0') AS reserved,
         pg_is_in_recovery() AS is_standby,
         r.rolsuper AS is_superuser,
         EXISTS (SELECT FROM pg_roles m WHERE m.rolname = 'pg_use_reserved_connections'
                    AND pg_has_role(r.oid, m.oid, 'USAGE')) AS is_reserved,
         r.rolsuper OR r.rolcreaterole AS creates_roles,
         has_database_privilege(current_database(), 'CREATE') AS creates_schemas,
         pg_has_role('pg_read_all_stats', 'USAGE') AS sees_sessions,
         (SELECT count(*) FROM pg_stat_activity
           WHERE backend_type IS NULL AND starts_with(application_name, $2)) AS hidden_api_sessions,
         (SELECT count(*) FROM pg_stat_activity
           WHERE backend_type IS NULL AND datname = current_database()) AS hidden_sessions,
         a.oid IS NOT NULL AS has_api_role,
         coalesce(starts_with(obj_description(n.oid, 'pg_namespace'), $1), false) AS has_schema,
         coalesce(starts_with(obj_description(n.oid, 'pg_namespace'), $1)
                  AND pg_has_role(n.nspowner, 'USAGE'), false) AS owns_schema,
         ${worksInSchema('r.oid')} AS works_in_schema,
         ${worksInSchema('a.oid')} AS api_role_works_in_schema,
         r.rolconnlimit AS role_limit,
         coalesce(a.rolconnlimit, -1) AS api_role_limit,
         (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit
    FROM pg_roles r
    LEFT JOIN pg_roles a ON a.rolname = '${API_ROLE}'
    LEFT JOIN pg_namespace n ON n.nspname = '${LAB_SCHEMA}'
   WHERE r.rolname = current_user`;

/** Changes nothing. */
export async function readForeignState(client: ClientBase): Promise<ForeignState> {
  const { rows } = await client.query(STATE_SQL, [LAB_SCHEMA_MARK, APPLICATION_NAME_PREFIX]);
  const row = stateSchema.parse(rows[0]);
  return {
    version: row.version,
    limits: {
      maxConnections: row.max_connections,
      superuserReservedConnections: row.superuser_reserved,
      reservedConnections: row.reserved,
    },
    rights: {
      isStandby: row.is_standby,
      isSuperuser: row.is_superuser,
      isReserved: row.is_reserved,
      createsRoles: row.creates_roles,
      createsSchemas: row.creates_schemas,
      seesSessions: row.sees_sessions,
      hiddenApiSessions: row.hidden_api_sessions,
      hiddenSessions: row.hidden_sessions,
      hasApiRole: row.has_api_role,
      hasSchema: row.has_schema,
      ownsSchema: row.owns_schema,
      worksInSchema: row.works_in_schema,
      apiRoleWorksInSchema: row.api_role_works_in_schema,
      roleLimit: row.role_limit,
      apiRoleLimit: row.api_role_limit,
      databaseLimit: row.database_limit,
    },
  };
}

interface Asked {
  readonly owner: DatabaseConfig;
  readonly drivesTheApi: boolean;
  /**
   * A service of the user's own is started, which connects as the role that was given: its tables are
   * that role's. @default false
   */
  readonly startsService?: boolean;
  /** One that runs already is driven: nothing is made or changed, and everything of its database is looked at. @default false */
  readonly drivesService?: boolean;
}

/** A role of the lab's own where one can be made; else the one that was given, an ordinary one then. */
export function apiRoleOf(
  { createsRoles, hasApiRole }: ForeignRights,
  { owner, drivesTheApi, startsService = false, drivesService = false }: Asked,
): string {
  if (startsService || drivesService) return owner.user;
  // Of an API that was started otherwise, the role is not known.
  const isOwn = drivesTheApi ? hasApiRole : createsRoles;
  return isOwn ? API_ROLE : owner.user;
}

/**
 * Without these nothing can be measured; all that are missing are said at once.
 *
 * @throws LabError DATABASE_UNUSABLE
 */
export function requireRights(rights: ForeignRights, asked: Asked): void {
  const { owner, drivesTheApi, startsService = false, drivesService = false } = asked;
  if (drivesService) {
    requireSight(rights, owner);
    return;
  }
  if (rights.isStandby) {
    throw unusable(
      `${owner.host}:${owner.port} is a standby, on which nothing can be written`,
      'give the address of the primary',
    );
  }
  const missing = [
    ...(drivesTheApi && rights.hiddenApiSessions > 0
      ? [["to see the API's sessions", `GRANT pg_read_all_stats TO ${quoted(owner.user)}`]]
      : []),
    ...(drivesTheApi || startsService || canUseSchema(rights) ? [] : [schemaRight(rights, owner)]),
  ];
  if (missing.length > 0) {
    throw unusable(
      `the role ${owner.user} lacks the right ${missing.map(([what]) => what).join(', and ')}`,
      `give it, or the address of a superuser: ${missing.map(([, how]) => how).join('; ')}`,
    );
  }
  if (startsService && (rights.isSuperuser || rights.isReserved)) {
    throw unusable(
      `the service would connect as ${owner.user}, which takes reserved slots, so that no prediction would hold`,
      'give the address of the ordinary role that it has',
    );
  }
  if (!drivesTheApi && !startsService && !rights.createsRoles && rights.isReserved) {
    throw unusable(
      `the role ${owner.user} would be the API's, and takes reserved slots, which an API's must not`,
      `let it make another: ALTER ROLE ${quoted(owner.user)} CREATEROLE; or give the address of a role without pg_use_reserved_connections`,
    );
  }
}

/** Who only watches needs no more than to see. */
function requireSight({ hiddenSessions }: ForeignRights, { user, database }: DatabaseConfig): void {
  if (hiddenSessions === 0) return;
  throw unusable(
    `the role ${user} lacks the right to see ${hiddenSessions} of the sessions in ${database}, which are other roles'`,
    `give it: GRANT pg_read_all_stats TO ${quoted(user)}; or give the address of the role that the service has`,
  );
}

/** What a schema of an earlier run needs is no right to make another one. */
function schemaRight(rights: ForeignRights, owner: DatabaseConfig): readonly [string, string] {
  const { database, user } = owner;
  if (rights.hasSchema && rights.createsSchemas) {
    return [
      `to use the schema ${LAB_SCHEMA} in ${database}, which is another role's, of an earlier run`,
      `have the role that made it DROP SCHEMA ${LAB_SCHEMA} CASCADE, and the lab makes another one`,
    ];
  }
  return [
    `to make a schema in ${database}`,
    `GRANT CREATE ON DATABASE ${quoted(database)} TO ${quoted(user)}`,
  ];
}

function canUseSchema(rights: ForeignRights): boolean {
  if (rights.ownsSchema || (rights.createsSchemas && !rights.hasSchema)) return true;
  return rights.createsRoles ? rights.apiRoleWorksInSchema : rights.worksInSchema;
}

/** What is not as it would be for a superuser, and can be lived with. */
export function lacking(
  rights: ForeignRights,
  {
    owner,
    apiRole,
    drivesTheApi,
    startsService = false,
    drivesService = false,
  }: Asked & { readonly apiRole: string },
): readonly string[] {
  const role = quoted(owner.user);
  return [
    ...(apiRole === owner.user && !drivesTheApi && !startsService && !drivesService
      ? [
          `the API connects as ${owner.user} itself, with its limits: it may make no role for it (ALTER ROLE ${role} CREATEROLE)`,
        ]
      : []),
    ...limitsOf(rights, { owner, apiRole }).map(
      (whose) =>
        `${whose} connections (CONNECTION LIMIT): one more is refused, which is not in the prediction`,
    ),
    ...(rights.seesSessions
      ? []
      : [
          `NOT SEEN: what the sessions of others do, and those that are still connecting; they are counted only (GRANT pg_read_all_stats TO ${role})`,
        ]),
  ];
}

function limitsOf(
  { roleLimit, apiRoleLimit, databaseLimit }: ForeignRights,
  { owner, apiRole }: { readonly owner: DatabaseConfig; readonly apiRole: string },
): readonly string[] {
  const ofRole = apiRole === owner.user ? roleLimit : apiRoleLimit;
  return [
    ...(ofRole === null ? [] : [`the role ${apiRole} may have ${ofRole}`]),
    ...(databaseLimit === null ? [] : [`the database ${owner.database} may have ${databaseLimit}`]),
  ];
}

function unusable(message: string, hint: string): LabError {
  return new LabError('DATABASE_UNUSABLE', { message, hint });
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
