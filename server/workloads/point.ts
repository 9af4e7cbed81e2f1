import { ACCOUNT_ROWS, LAB_SCHEMA, WORKLOAD_PARAMETERS } from '../contract.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface PointParams {
  readonly key: number;
}

const READ_BY_KEY = {
  name: 'point-read',
  text: `SELECT id, balance FROM ${LAB_SCHEMA}.accounts WHERE id = $1`,
};

/** One read by primary key: the control, which a larger pool neither helps nor harms much. */
export const point: WorkloadDefinition<PointParams> = {
  name: 'point',
  parameters: WORKLOAD_PARAMETERS.point,
  async run({ key }, scope) {
    const id = key === 0 ? 1 + Math.floor(scope.random() * ACCOUNT_ROWS) : key;
    const { rows } = await scope.withConnection((client) =>
      client.query<{ id: number; balance: number }>({ ...READ_BY_KEY, values: [id] }),
    );
    return { account: rows[0] ?? null };
  },
};
