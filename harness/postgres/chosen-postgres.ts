import type { ContainerAsked } from '../plan/database-asked.ts';
import type { ForeignDatabase } from './foreign-database.ts';

/**
 * Where the PostgreSQL of a lab comes from. One value that says it whole, so that who starts a lab cannot leave
 * out what was asked for and get another server instead.
 */
export type ChosenPostgres =
  /** The lab's own, from its packages. */
  | { readonly kind: 'embedded' }
  /** The lab's own, in a container of this image. */
  | ContainerAsked
  /** One that runs already, and was looked at. */
  | { readonly kind: 'url'; readonly database: ForeignDatabase };

export const EMBEDDED = { kind: 'embedded' } as const satisfies ChosenPostgres;

/** The one that runs already; `null`: the lab starts its own. */
export function foreignDatabaseOf(postgres: ChosenPostgres): ForeignDatabase | null {
  return postgres.kind === 'url' ? postgres.database : null;
}
