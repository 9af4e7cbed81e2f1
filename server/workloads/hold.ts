import { WORKLOAD_MS_MAX, type WorkloadDefinition } from './workload.ts';

export interface HoldParams {
  readonly ms: number;
}

const SLEEP = { name: 'hold-sleep', text: 'SELECT pg_sleep($1::float8 / 1000)' };

/** Occupies its connection and no processor for a given time, as a query waiting for I/O does. */
export const hold: WorkloadDefinition<HoldParams> = {
  name: 'hold',
  parameters: {
    ms: {
      type: 'number',
      minimum: 0,
      maximum: WORKLOAD_MS_MAX,
      default: 20,
      description: 'time the statement runs, in ms',
    },
  },
  async run({ ms }, scope) {
    await scope.withConnection((client) => client.query({ ...SLEEP, values: [ms] }));
    return { heldMs: ms };
  },
};
