import { ANNOTATIONS } from './annotations.ts';
import { refIdAt } from './panel.ts';
import { placed } from './placement.ts';
import { BUDGET_ROW } from './rows/budget.ts';
import { GENERATOR_ROW } from './rows/generator.ts';
import { PGBOUNCER_ROW } from './rows/pgbouncer.ts';
import { POOL_ROW } from './rows/pool.ts';
import { REQUESTS_ROW } from './rows/requests.ts';
import { SERVER_ROW } from './rows/server.ts';
import { VERDICT_ROW } from './rows/verdict.ts';
import { buildDashboard } from './sdk/dashboard-builder.ts';
import { VARIABLES } from './variables.ts';

/** From the answer to its reasons. */
const ROWS = [
  VERDICT_ROW,
  BUDGET_ROW,
  POOL_ROW,
  REQUESTS_ROW,
  SERVER_ROW,
  GENERATOR_ROW,
  PGBOUNCER_ROW,
];

/** The dashboard as it is committed: what Grafana imports, or finds provisioned. */
export function dashboardJson(): string {
  const dashboard = buildDashboard({
    uid: 'pool-lab-exhaustion',
    title: 'Pool exhaustion',
    description:
      'Is the pool or PostgreSQL exhausted, by what, and what to do. Generated from TypeScript: edit that, not this.',
    tags: ['postgresql', 'connection-pool', 'pool-lab'],
    variables: VARIABLES,
    annotations: ANNOTATIONS,
    rows: placed(ROWS),
  });
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** One query of the dashboard, with its variables still in it (`withAllChosen` replaces them). */
export interface PanelQuery {
  readonly panel: string;
  readonly row: string;
  readonly refId: string;
  readonly expr: string;
}

export function panelQueries(): readonly PanelQuery[] {
  return ROWS.flatMap((row) =>
    row.lines
      .flatMap(({ panels }) => panels)
      .flatMap((panel) =>
        panel.kind === 'text'
          ? []
          : panel.queries.map(({ expr }, index) => ({
              panel: panel.title,
              row: row.title,
              refId: refIdAt(index),
              expr,
            })),
      ),
  );
}
