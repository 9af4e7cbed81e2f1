import type { OptionalProgram } from '../prometheus/optional-programs.ts';
import { locatePgbouncer, PGBOUNCER_REMEDY } from './pgbouncer-program.ts';

/** Whether there is a PgBouncer, which the lab can do without. */
export async function lookForPgbouncer(
  env: Readonly<Record<string, string | undefined>>,
): Promise<OptionalProgram> {
  const [name, use] = ['PgBouncer', 'for `--pooler pgbouncer`'];
  const search = await locatePgbouncer(env);
  if (search.state === 'missing') {
    const detail = `only ${use}: ${search.reason}`;
    return { name, found: false, detail, remedy: PGBOUNCER_REMEDY };
  }
  const { version, path } = search.program;
  return { name, found: true, detail: `version ${version} at ${path}, ${use}`, remedy: '' };
}
