import {
  APPLICATION_NAME_PREFIX,
  MONITOR_APPLICATION_NAME,
  SEED_APPLICATION_NAME,
} from '../../server/contract.ts';
import { LOOK_APPLICATION_NAME } from './database-consent.ts';
import { INSPECT_APPLICATION_NAME } from './inspection-session.ts';

/**
 * Whose sessions are the tested system's. The lab's own API gives its sessions names; a stranger's service may call
 * them anything or nothing, and is told by the role it connects as, or by its database where others share the role.
 */
export type Watched =
  | { readonly kind: 'names'; readonly prefix: string }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'database'; readonly database: string };

/** The workers of the lab's own API. */
export const WORKER_SESSIONS: Watched = { kind: 'names', prefix: APPLICATION_NAME_PREFIX };

/** Sessions of the lab itself: on somebody else's server they have the role and the database of the service. */
const LAB_NAMES: readonly string[] = [
  MONITOR_APPLICATION_NAME,
  LOOK_APPLICATION_NAME,
  SEED_APPLICATION_NAME,
  INSPECT_APPLICATION_NAME,
];

/** What the server tells of a session while it has not finished connecting: no name, no role, no database. */
export interface SessionIdentity {
  readonly applicationName: string;
  readonly role: string;
  readonly database: string;
}

export function isWatched(watched: Watched, session: SessionIdentity): boolean {
  if (watched.kind === 'names') return session.applicationName.startsWith(watched.prefix);
  if (LAB_NAMES.includes(session.applicationName)) return false;
  return watched.kind === 'role'
    ? session.role === watched.role
    : session.database === watched.database;
}

/** The same as a condition on `pg_stat_activity a`; `name` tells the conditions apart. */
export function watchedCondition(watched: Watched): {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
} {
  switch (watched.kind) {
    case 'names':
      return {
        name: 'names',
        text: `starts_with(a.application_name, $1)`,
        values: [watched.prefix],
      };
    case 'role':
      return {
        name: 'role',
        text: `a.usename = $1 AND a.application_name <> ALL ($2)`,
        values: [watched.role, LAB_NAMES],
      };
    case 'database':
      return {
        name: 'database',
        text: `a.datname = $1 AND a.application_name <> ALL ($2)`,
        values: [watched.database, LAB_NAMES],
      };
  }
}
