import { WORKLOAD_PARAMETERS } from '../contract.ts';
import type { WorkloadDefinition } from './workload.ts';

export interface HoldParams {
  readonly ms: number;
}

const SLEEP = { name: 'hold-sleep', text: 'SELECT pg_sleep($1::float8 / 1000)' };

/** Occupies its connection and no processor for a given time, as a query waiting for I/O does. */
export const hold: WorkloadDefinition<HoldParams> = {
  name: 'hold',
  parameters: WORKLOAD_PARAMETERS.hold,
  async run({ ms }, scope) {
    await scope.withConnection((client) => client.query({ ...SLEEP, values: [ms] }));
    return { heldMs: ms };
  },
};
