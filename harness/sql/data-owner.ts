import type { ClientBase } from 'pg';
import { scramVerifier } from '../postgres/credentials.ts';

/** Owns what the user's files make; an ordinary role, so that no file does more than make tables. */
export const DATA_OWNER_ROLE = 'pool_lab_owner';

/**
 * Makes the role where it is missing, and gives it a place to make things in. Whatever it had made is gone.
 *
 * @param client of a superuser
 * @param apiRole what it made for itself is gone as well
 */
export async function renewDataOwner(
  client: ClientBase,
  {
    password,
    apiRole,
    database,
  }: { readonly password: string; readonly apiRole: string; readonly database: string },
): Promise<void> {
  const api = client.escapeIdentifier(apiRole);
  const { rows } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [DATA_OWNER_ROLE]);
  await client.query('BEGIN');
  try {
    if (rows.length === 0) {
      await client.query(
        `CREATE ROLE ${DATA_OWNER_ROLE} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '${scramVerifier(password)}'`,
      );
    } else {
      await client.query(`ALTER ROLE ${DATA_OWNER_ROLE} PASSWORD '${scramVerifier(password)}'`);
      await client.query(`REASSIGN OWNED BY ${api} TO ${DATA_OWNER_ROLE}`);
      await client.query(`DROP OWNED BY ${DATA_OWNER_ROLE} CASCADE`);
    }
    await client.query(
      `GRANT CREATE, TEMPORARY ON DATABASE ${client.escapeIdentifier(database)} TO ${DATA_OWNER_ROLE}`,
    );
    await client.query(`CREATE SCHEMA IF NOT EXISTS public AUTHORIZATION ${DATA_OWNER_ROLE}`);
    await client.query(`ALTER SCHEMA public OWNER TO ${DATA_OWNER_ROLE}`);
    await client.query(`GRANT USAGE ON SCHEMA public TO PUBLIC`);
    await client.query('GRANT USAGE ON LANGUAGE plpgsql, sql TO PUBLIC');
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}
