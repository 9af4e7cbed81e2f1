import { createHash } from 'node:crypto';
import type { ClientBase } from 'pg';
import { ACCOUNT_ROWS, EVENT_ROWS, HOT_ROWS, LAB_SCHEMA, LAB_SCHEMA_MARK } from '../contract.ts';

/** What seeding did. `present`: the same version was there already, nothing was changed. */
export type SeedResult =
  | { readonly state: 'seeded'; readonly rows: SeedRows }
  | { readonly state: 'present'; readonly rows: SeedRows };

interface SeedRows {
  readonly accounts: number;
  readonly hotRows: number;
  readonly events: number;
}

/** A schema of the lab's name that the lab did not make: it is not touched. */
export class ForeignSchemaError extends Error {
  override readonly name = 'ForeignSchemaError';
  constructor() {
    super(`a schema named ${LAB_SCHEMA} exists and does not carry the lab's marker`);
  }
}

const VERSION_PREFIX = ' Version: ';

// Few hot rows a page, so that their old versions have room beside them and updates touch no index.
const STATEMENTS = [
  `CREATE TABLE ${LAB_SCHEMA}.accounts (id integer PRIMARY KEY, balance integer NOT NULL)`,
  `CREATE TABLE ${LAB_SCHEMA}.hot_rows (id integer PRIMARY KEY, counter integer NOT NULL)
     WITH (fillfactor = 10)`,
  `CREATE TABLE ${LAB_SCHEMA}.events (
     id integer PRIMARY KEY, kind smallint NOT NULL, amount double precision NOT NULL)`,
  `INSERT INTO ${LAB_SCHEMA}.accounts
     SELECT id, id * 7919 % 1000000 FROM generate_series(1, ${ACCOUNT_ROWS}) AS id`,
  `INSERT INTO ${LAB_SCHEMA}.hot_rows SELECT id, 0 FROM generate_series(1, ${HOT_ROWS}) AS id`,
  // Computed, not random: the same data in every lab, so that the same report costs the same.
  `INSERT INTO ${LAB_SCHEMA}.events
     SELECT id, id * 31 % 12, (id::bigint * 48271 % 99991)::float8 / 100
       FROM generate_series(1, ${EVENT_ROWS}) AS id`,
  `ANALYZE ${LAB_SCHEMA}.accounts, ${LAB_SCHEMA}.hot_rows, ${LAB_SCHEMA}.events`,
];

/** Changes when a table or its data does, so that data of another version is replaced. */
export const SCHEMA_VERSION = createHash('sha256')
  .update(STATEMENTS.join('\n'))
  .digest('hex')
  .slice(0, 12);

/**
 * Brings the workloads' tables into the database, readable and writable for `apiRole`. Data of
 * another version is dropped first, but only under the lab's own mark. One transaction: all or
 * nothing, and two seedings at once wait for each other.
 */
export async function seedWorkloads(client: ClientBase, apiRole: string): Promise<SeedResult> {
  const rows = { accounts: ACCOUNT_ROWS, hotRows: HOT_ROWS, events: EVENT_ROWS };
  await client.query('BEGIN');
  try {
    // In a database of others whoever may create in `public` can make functions and operators there that fit
    // better than PostgreSQL's own: they would run with the owner's rights.
    await client.query('SET LOCAL search_path = pg_catalog, pg_temp');
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [LAB_SCHEMA_MARK]);
    const found = await findSchema(client);
    if (found.state === 'foreign') throw new ForeignSchemaError();
    const present = found.state === 'own' && found.version === SCHEMA_VERSION;
    if (!present) {
      if (found.state === 'own') await client.query(`DROP SCHEMA ${LAB_SCHEMA} CASCADE`);
      await client.query(`CREATE SCHEMA ${LAB_SCHEMA}`);
      await client.query(
        `COMMENT ON SCHEMA ${LAB_SCHEMA} IS '${LAB_SCHEMA_MARK}${VERSION_PREFIX}${SCHEMA_VERSION}'`,
      );
      for (const statement of STATEMENTS) await client.query(statement);
    }
    if (!(await mayWork(client, apiRole))) await grant(client, apiRole);
    await client.query('COMMIT');
    return { state: present ? 'present' : 'seeded', rows };
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

type FoundSchema =
  | { readonly state: 'none' }
  | { readonly state: 'foreign' }
  | { readonly state: 'own'; readonly version: string };

async function findSchema(client: ClientBase): Promise<FoundSchema> {
  const { rows } = await client.query<{ comment: string | null }>(
    `SELECT obj_description(oid, 'pg_namespace') AS comment FROM pg_namespace WHERE nspname = $1`,
    [LAB_SCHEMA],
  );
  const [schema] = rows;
  if (schema === undefined) return { state: 'none' };
  if (!schema.comment?.startsWith(LAB_SCHEMA_MARK)) return { state: 'foreign' };
  return {
    state: 'own',
    version: schema.comment.slice(LAB_SCHEMA_MARK.length + VERSION_PREFIX.length),
  };
}

/** Who seeds may use tables that are there, and not be allowed to grant their use. */
async function mayWork(client: ClientBase, apiRole: string): Promise<boolean> {
  const { rows } = await client.query<{ works: boolean }>(
    `SELECT has_schema_privilege($1, n.oid, 'USAGE')
            AND NOT EXISTS (
              SELECT FROM pg_class c, unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege
               WHERE c.relnamespace = n.oid AND c.relkind = 'r'
                 AND NOT has_table_privilege($1, c.oid, privilege)) AS works
       FROM pg_namespace n WHERE n.nspname = $2`,
    [apiRole, LAB_SCHEMA],
  );
  return rows[0]?.works === true;
}

async function grant(client: ClientBase, apiRole: string): Promise<void> {
  const role = quotedIdentifier(apiRole);
  await client.query(`GRANT USAGE ON SCHEMA ${LAB_SCHEMA} TO ${role}`);
  await client.query(
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${LAB_SCHEMA} TO ${role}`,
  );
}

function quotedIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
