import type { ClientBase } from 'pg';
import { LAB_SCHEMA } from '../../server/contract.ts';

/** What the role that runs the user's SQL may do in the lab's own database. */
export type RoleRights =
  /** The lab's own workloads: everything in the lab's schema, and what PostgreSQL gives everybody. */
  | { readonly kind: 'own' }
  | { readonly kind: 'read-only'; readonly statementTimeoutMs: number }
  | { readonly kind: 'writes'; readonly statementTimeoutMs: number }
  /** A service of the user's own, whose rights to make objects were given before. */
  | { readonly kind: 'service' };

/** By which everybody can write without a right to anything that is there. */
const WRITING_FUNCTIONS = [
  'lo_creat',
  'lo_create',
  'lo_from_bytea',
  'lo_open',
  'lo_put',
  'lo_truncate',
  'lo_truncate64',
  'lo_unlink',
  'lowrite',
  'pg_logical_emit_message',
];

/**
 * Gives the role these rights, in place of those it had. Only for a database that is the lab's own: rights of
 * everybody are changed with it. That the role's transactions are read-only is a default which every script can
 * change; what it cannot change are the rights.
 *
 * @param client of a superuser
 */
export async function giveRights(
  client: ClientBase,
  { role: roleName, rights }: { readonly role: string; readonly rights: RoleRights },
): Promise<void> {
  const role = client.escapeIdentifier(roleName);
  const schemas = await userSchemas(client);
  const { kind } = rights;
  const database = client.escapeIdentifier(await currentDatabase(client));
  const statements = [
    ...sessionDefaults(`ALTER ROLE ${role} IN DATABASE ${database}`, rights),
    ...(kind === 'read-only'
      ? [
          `REVOKE TEMPORARY, CREATE ON DATABASE ${database} FROM PUBLIC, ${role}`,
          // A function of one's own, or DO, could hold out against the end of its statement.
          'REVOKE USAGE ON LANGUAGE plpgsql, sql FROM PUBLIC',
          `REVOKE INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${LAB_SCHEMA} FROM ${role}`,
        ]
      : [
          `GRANT TEMPORARY ON DATABASE ${database} TO PUBLIC`,
          'GRANT USAGE ON LANGUAGE plpgsql, sql TO PUBLIC',
          `GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${LAB_SCHEMA} TO ${role}`,
        ]),
    ...(await writingFunctions(client)).map((name) =>
      kind === 'read-only'
        ? `REVOKE EXECUTE ON FUNCTION ${name} FROM PUBLIC`
        : `GRANT EXECUTE ON FUNCTION ${name} TO PUBLIC`,
    ),
    ...schemas.flatMap((schema) => inSchema(schema, role, kind)),
    ...(kind === 'read-only'
      ? (await definersFunctions(client)).map(
          (name) => `REVOKE EXECUTE ON ROUTINE ${name} FROM PUBLIC, ${role}`,
        )
      : []),
  ];
  const existing = (await hasLabSchema(client))
    ? statements
    : statements.filter((statement) => !statement.includes(`IN SCHEMA ${LAB_SCHEMA} `));
  await client.query('BEGIN');
  try {
    for (const statement of existing) await client.query(statement);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

function sessionDefaults(alter: string, rights: RoleRights): readonly string[] {
  const hasTimeout = rights.kind === 'read-only' || rights.kind === 'writes';
  return [
    rights.kind === 'read-only'
      ? `${alter} SET default_transaction_read_only = on`
      : `${alter} RESET default_transaction_read_only`,
    hasTimeout
      ? `${alter} SET statement_timeout = ${rights.statementTimeoutMs}`
      : `${alter} RESET statement_timeout`,
  ];
}

/** @param schema, role quoted */
function inSchema(schema: string, role: string, kind: RoleRights['kind']): readonly string[] {
  const all = ['TABLES', 'SEQUENCES'] as const;
  switch (kind) {
    case 'own':
      return [];
    case 'read-only':
      return [
        `REVOKE CREATE ON SCHEMA ${schema} FROM PUBLIC, ${role}`,
        `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
        // With it go the rights to single columns.
        ...all.map(
          (objects) => `REVOKE ALL ON ALL ${objects} IN SCHEMA ${schema} FROM PUBLIC, ${role}`,
        ),
        ...all.map((objects) => `GRANT SELECT ON ALL ${objects} IN SCHEMA ${schema} TO ${role}`),
        `GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${schema} TO ${role}`,
      ];
    case 'writes':
    case 'service':
      return [
        `GRANT ${kind === 'service' ? 'ALL' : 'USAGE'} ON SCHEMA ${schema} TO ${role}`,
        ...all.map((objects) => `GRANT ALL ON ALL ${objects} IN SCHEMA ${schema} TO ${role}`),
        `GRANT EXECUTE ON ALL ROUTINES IN SCHEMA ${schema} TO ${role}`,
      ];
  }
}

async function texts(
  client: ClientBase,
  sql: string,
  values: unknown[] = [],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ text: string }>(sql, values);
  return rows.map(({ text }) => text);
}

const IS_USERS = `nspname !~ '^pg_' AND nspname NOT IN ('information_schema', '${LAB_SCHEMA}')`;

function userSchemas(client: ClientBase): Promise<readonly string[]> {
  return texts(client, `SELECT quote_ident(nspname) AS text FROM pg_namespace WHERE ${IS_USERS}`);
}

async function currentDatabase(client: ClientBase): Promise<string> {
  const [name] = await texts(client, 'SELECT current_database() AS text');
  if (name === undefined) throw new Error('PostgreSQL named no current database');
  return name;
}

/** A lab whose trials start a service of the user's own has none. */
async function hasLabSchema(client: ClientBase): Promise<boolean> {
  const found = await texts(client, 'SELECT nspname AS text FROM pg_namespace WHERE nspname = $1', [
    LAB_SCHEMA,
  ]);
  return found.length > 0;
}

function writingFunctions(client: ClientBase): Promise<readonly string[]> {
  return texts(
    client,
    `SELECT oid::regprocedure::text AS text FROM pg_proc
      WHERE pronamespace = 'pg_catalog'::regnamespace AND proname = ANY ($1)`,
    [WRITING_FUNCTIONS],
  );
}

/** They run with the rights of who made them, which are to write. */
function definersFunctions(client: ClientBase): Promise<readonly string[]> {
  return texts(
    client,
    `SELECT format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)) AS text
       FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
      WHERE prosecdef AND prokind <> 'a' AND ${IS_USERS}`,
  );
}
