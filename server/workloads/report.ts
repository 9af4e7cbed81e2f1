import { LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface ReportParams {
  readonly events: number;
}

const AGGREGATE = {
  name: 'report-aggregate',
  text: `
    SELECT kind, count(*)::int AS events, sum(amount)::float8 AS amount,
           percentile_cont(0.95) WITHIN GROUP (ORDER BY amount) AS amount_p95
      FROM (SELECT kind, amount FROM ${LAB_SCHEMA}.events WHERE id <= $1
             ORDER BY md5(id::text)) AS shuffled
     GROUP BY kind
     ORDER BY amount DESC`,
};

/** An aggregate and sorts over many rows: costs the database processor time, not waiting. */
export const report: WorkloadDefinition<ReportParams> = {
  name: 'report',
  parameters: WORKLOAD_PARAMETERS.report,
  async run({ events }, scope) {
    const { rows } = await scope.withConnection((client) =>
      client.query({ ...AGGREGATE, values: [events] }),
    );
    return { kinds: rows };
  },
};
