import type { PanelQuery } from './pool-exhaustion.ts';

/** Queries that have nothing to show in a short run against one lab without PgBouncer. */
export interface QueryWithoutData extends Pick<PanelQuery, 'panel' | 'refId'> {
  readonly reason: string;
}

const NO_PGBOUNCER = 'there is no PgBouncer in that run';

export const QUERIES_WITHOUT_DATA: readonly QueryWithoutData[] = [
  { panel: 'Which problem is it?', refId: 'G', reason: NO_PGBOUNCER },
  { panel: 'Do clients wait at PgBouncer?', refId: 'A', reason: NO_PGBOUNCER },
  { panel: 'What does PgBouncer have at PostgreSQL?', refId: 'A', reason: NO_PGBOUNCER },
  { panel: 'How long has the first in line waited?', refId: 'A', reason: NO_PGBOUNCER },
];
