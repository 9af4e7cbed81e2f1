import { hasTrouble } from '../../analysis/comparison/conclusion.ts';
import type { WayResult } from '../../analysis/ways/ways-result.ts';
import type { Way } from '../../plan/ways/way.ts';
import { formatCount, formatShare, plural } from '../format.ts';
import { shapeText } from '../shape-text.ts';

export const WAY_LETTER: Readonly<Record<Way, string>> = {
  pool: 'A',
  small_pool_pgbouncer: 'B',
  no_pool: 'C',
  no_pool_pgbouncer: 'D',
};

/** As a sentence says it. "No pool is refused" would say the opposite: so the name that SQLAlchemy has for it. */
export const WAY_NAME: Readonly<Record<Way, string>> = {
  pool: 'a pool alone',
  small_pool_pgbouncer: 'a small pool and PgBouncer',
  no_pool: 'NullPool',
  no_pool_pgbouncer: 'NullPool and PgBouncer',
};

/** `a pool alone: 4 × (5+0) to PostgreSQL`. */
export function wayText({ way, plan }: Pick<WayResult, 'way' | 'plan'>): string {
  const { workers, pool, pooler } = plan;
  const shape =
    pool.kind === 'null'
      ? `${plural(workers, 'worker')}, a connection for each checkout,`
      : `${workers} × ${shapeText(pool)}`;
  return `${WAY_NAME[way]}: ${shape} to ${pooler === null ? 'PostgreSQL' : 'PgBouncer'}`;
}

/** What is wrong with a way, as a sentence goes on after its name; `null` where nothing is. */
export function wayTroubleText({ state, requests, refusals }: WayResult): string | null {
  if (state === 'failing' && !hasTrouble({ state, requests })) return null;
  const { scheduled, failed, ok } = requests;
  const share = (count: number): string => formatShare(Math.min(1, count / Math.max(1, scheduled)));
  switch (state) {
    case 'exhausted':
      return refusedText(refusals, scheduled);
    case 'overloaded':
      return 'is overloaded: more arrives than it answers';
    case 'starved':
      return `is starved: pool timeouts, ${share(failed)} of its requests failed`;
    case 'failing':
      return ok === 0
        ? 'answers nothing right'
        : `fails ${formatCount(failed)} of ${formatCount(scheduled)} requests (${share(failed)})`;
    case 'invalid':
      return refusals.postgres + refusals.pooler === 0
        ? 'is not compared: no round may be believed'
        : `${refusedText(refusals, scheduled)}; not compared, no round may be believed`;
    case 'not_measured':
      return 'was not measured';
    case 'threshold_missed':
    case 'usable':
      return null;
  }
}

/** By whom the most. */
function refusedText({ postgres, pooler }: WayResult['refusals'], scheduled: number): string {
  const [who, refused] = pooler > postgres ? ['PgBouncer', pooler] : ['PostgreSQL', postgres];
  const share = formatShare(Math.min(1, refused / Math.max(1, scheduled)));
  return `is refused by ${who}: ${formatCount(refused)} of ${formatCount(scheduled)} requests (${share})`;
}
