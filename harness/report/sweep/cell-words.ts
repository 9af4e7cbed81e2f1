import type { CellResult, CellState, Situation } from '../../analysis/sweep/sweep-result.ts';
import type { Axes } from '../../plan/sweep/sweep-plan.ts';
import { awayText } from '../distance-text.ts';
import { formatMs, plural } from '../format.ts';
import { scheduleText } from '../load-text.ts';
import { shapeText } from '../shape-text.ts';

type Variables = CellResult['variables'];

/** `4 × (5+10)`, with what else the cells of one situation differ in. */
export function cellText(variables: Variables, axes: Axes): string {
  const { workers, poolKind, poolSize, maxOverflow, maxConnections } = variables;
  return [
    `${workers} × ${shapeText({ kind: poolKind, poolSize, maxOverflow })}`,
    poolKind === 'plain' && axes.poolKind.length > 1 ? ' of pg-pool as it comes' : '',
    axes.maxConnections.length > 1 ? ` at max_connections ${maxConnections}` : '',
  ].join('');
}

/** `hot`, with its load and its distance where the sweep has several. */
export function situationText(
  { workload, load, dbRttMs }: Pick<Situation, 'workload' | 'load' | 'dbRttMs'>,
  axes: Axes,
): string {
  return [
    workload,
    axes.load.length > 1 ? shortLoadText(load) : [],
    axes.dbRttMs.length > 1 ? awayText(dbRttMs) : [],
  ]
    .flat()
    .join(', ');
}

/** `64 clients`, `300/s`. */
export function shortLoadText(load: Situation['load']): string {
  switch (load.kind) {
    case 'closed': {
      const thinking = load.thinkTimeMs === 0 ? '' : ` thinking ${formatMs(load.thinkTimeMs)}`;
      return `${plural(load.connections, 'client')}${thinking}`;
    }
    case 'open':
      return scheduleText(load);
  }
}

/** What the cells of one panel have in common, and the panels differ in. */
export function panelText(
  {
    poolKind,
    maxOverflow,
    maxConnections,
  }: Pick<Situation['panels'][number], 'poolKind' | 'maxOverflow' | 'maxConnections'>,
  usable: number | null,
): string {
  const overflow = maxOverflow === -1 ? 'unlimited' : String(maxOverflow);
  const slots = usable === null ? '' : ` (${usable} usable)`;
  const pool = {
    queue: `max_overflow ${overflow}`,
    plain: `pg-pool as it comes, max_overflow ${overflow}`,
    null: 'no pool: a connection for each checkout',
  }[poolKind];
  return `${pool}, max_connections ${maxConnections}${slots}`;
}

/** Each state as it stands beside a cell's name. */
export const STATE_WORDS: Readonly<Record<CellState, string>> = {
  not_measured: 'not measured',
  invalid: 'invalid',
  exhausted: 'exhausted',
  overloaded: 'overloaded',
  starved: 'starved',
  failing: 'failing',
  threshold_missed: 'threshold missed',
  usable: 'usable',
};

/** What each state means, for those who see the word alone. */
export const STATE_MEANINGS: Readonly<Record<CellState, string>> = {
  not_measured: 'no round was measured',
  invalid: 'no round may be believed',
  exhausted: 'PostgreSQL refused connections, since no slot was left',
  overloaded: 'more arrived than was answered',
  starved: 'requests gave up waiting for a connection of the pool',
  failing: 'requests failed',
  threshold_missed: 'a threshold was missed in some round',
  usable: 'no request failed, and every threshold was met',
};

/** `3 exhausted, 2 starved`: how many cells are in each state but `usable`. */
export function stateCountsText(cells: readonly Pick<CellResult, 'state'>[]): string {
  return [...Map.groupBy(cells, ({ state }) => state)]
    .filter(([state]) => state !== 'usable')
    .map(([state, found]) => `${found.length} ${STATE_WORDS[state]}`)
    .join(', ');
}
