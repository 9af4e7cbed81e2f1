import { z } from 'zod';

/** Rows of `SHOW CONFIG`. */
const configSchema = z.array(z.object({ key: z.string(), value: z.string().nullable() }));
/** Rows of `SHOW DATABASES`; its mode is null where the general one holds. */
const databasesSchema = z.array(z.object({ name: z.string(), pool_mode: z.string().nullish() }));

/**
 * Why the API's named prepared statements would fail behind this PgBouncer, as a sentence; `null`: they
 * would not. Outside session mode each transaction may get another server connection. From 1.21 on PgBouncer
 * can bring the statements along; before, and where that is switched off, they fail with 42P05 (it exists
 * already) and 26000 (it does not).
 *
 * Not seen: a mode that is set for a user.
 *
 * @throws Error when the rows are not those of these commands
 */
export function preparedStatementsProblem(shown: {
  readonly config: unknown;
  readonly databases: unknown;
  readonly database: string;
}): string | null {
  const settings = new Map(configSchema.parse(shown.config).map(({ key, value }) => [key, value]));
  const own = databasesSchema.parse(shown.databases).find(({ name }) => name === shown.database);
  const mode = own?.pool_mode ?? settings.get('pool_mode') ?? 'unknown';
  const kept = settings.get('max_prepared_statements');
  if (mode === 'session' || Number(kept ?? 0) > 0) return null;
  const remedy =
    kept === undefined
      ? 'use PgBouncer 1.21 or later, or pool_mode = session'
      : 'set max_prepared_statements = 200, or pool_mode = session';
  return `PgBouncer in pool_mode ${mode} cannot carry them; ${remedy}`;
}
