import type { ClientBase } from 'pg';
import { z } from 'zod';
import { LabError } from '../lab-error.ts';
import { API_ROLE } from './cluster-template.ts';
import { scramVerifier } from './credentials.ts';

/** How the comment of the role begins where it is the lab's own. */
const ROLE_MARK = 'Belongs to pool-lab, which gives it another password whenever it is used.';

const roleSchema = z.object({
  elevated: z.boolean(),
  comment: z.string().nullable(),
});

/**
 * The unprivileged role the API connects with: made where it is missing, given this run's password
 * where it is the lab's own. A role of that name that the lab did not make, or that somebody gave more
 * rights, is left alone.
 *
 * @throws LabError REFUSED_FOREIGN_ROLE, DATABASE_UNUSABLE; what PostgreSQL says otherwise
 */
export async function openApiRole(
  client: ClientBase,
  {
    password,
    database,
    seesSessions,
  }: {
    readonly password: string;
    readonly database: string;
    /** Whoever may not see everybody's sessions becomes a member, and sees those of this role. */
    readonly seesSessions: boolean;
  },
): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [ROLE_MARK]);
    const found = await findRole(client);
    if (found === null) {
      await client.query(
        `CREATE ROLE ${API_ROLE} LOGIN NOCREATEDB NOCREATEROLE PASSWORD '${scramVerifier(password)}'`,
      );
      await client.query(`COMMENT ON ROLE ${API_ROLE} IS '${ROLE_MARK}'`);
    } else {
      refuseForeign(found);
      await client.query(`ALTER ROLE ${API_ROLE} LOGIN PASSWORD '${scramVerifier(password)}'`);
    }
    if (!seesSessions) await seeSessions(client);
    const { rows } = await client.query(
      `SELECT has_database_privilege($1, $2, 'CONNECT') AS connects`,
      [API_ROLE, database],
    );
    if (!z.object({ connects: z.boolean() }).parse(rows[0]).connects) {
      throw new LabError('DATABASE_UNUSABLE', {
        message: `the role ${API_ROLE} may not connect to the database ${database}`,
        hint: `CONNECT was taken from everybody there; as the database's owner: CREATE ROLE ${API_ROLE}; COMMENT ON ROLE ${API_ROLE} IS '${ROLE_MARK}'; GRANT CONNECT ON DATABASE "${database.replaceAll('"', '""')}" TO ${API_ROLE}`,
      });
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

async function seeSessions(client: ClientBase): Promise<void> {
  const { rows } = await client.query(`SELECT pg_has_role('${API_ROLE}', 'USAGE') AS sees`);
  if (z.object({ sees: z.boolean() }).parse(rows[0]).sees) return;
  await client.query(`GRANT ${API_ROLE} TO CURRENT_USER`);
}

/** Nobody can log in as it any more until the lab is back; its grants stay, on the lab's own tables. */
export async function closeApiRole(client: ClientBase): Promise<void> {
  const found = await findRole(client);
  if (found?.comment?.startsWith(ROLE_MARK) !== true) return;
  await client.query(`ALTER ROLE ${API_ROLE} NOLOGIN PASSWORD NULL`);
}

function refuseForeign({ elevated, comment }: z.infer<typeof roleSchema>): void {
  if (comment?.startsWith(ROLE_MARK) !== true) {
    throw new LabError('REFUSED_FOREIGN_ROLE', {
      message: `there is a role ${API_ROLE} that the lab did not make`,
      hint: `rename or drop it; where it is the lab's own after all: COMMENT ON ROLE ${API_ROLE} IS '${ROLE_MARK}'`,
    });
  }
  if (elevated) {
    throw new LabError('REFUSED_FOREIGN_ROLE', {
      message: `the role ${API_ROLE} is more than an ordinary one`,
      hint: `take it back: ALTER ROLE ${API_ROLE} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS; and REVOKE the roles it is a member of`,
    });
  }
}

async function findRole(client: ClientBase): Promise<z.infer<typeof roleSchema> | null> {
  const { rows } = await client.query(
    `SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
              OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS elevated,
            shobj_description(oid, 'pg_authid') AS comment
       FROM pg_roles r WHERE rolname = $1`,
    [API_ROLE],
  );
  return rows.length === 0 ? null : roleSchema.parse(rows[0]);
}
