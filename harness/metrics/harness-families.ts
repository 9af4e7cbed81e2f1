import { HARNESS_METRICS } from '../../server/contract.ts';
import type { MetricFamily } from './exposition.ts';

type Table = Readonly<Record<keyof typeof HARNESS_METRICS, Omit<MetricFamily, 'samples'>>>;

/** Names, types and explanations of what the harness exports. */
export const HARNESS_FAMILIES: Table = {
  offeredTotal: {
    name: HARNESS_METRICS.offeredTotal,
    type: 'counter',
    help: 'Requests of users that were due, those included that a cap kept from being sent; over all warm-ups and trials.',
  },
  droppedTotal: {
    name: HARNESS_METRICS.droppedTotal,
    type: 'counter',
    help: 'Requests that were due and never sent because every connection of the generator was busy.',
  },
  endedTotal: {
    name: HARNESS_METRICS.endedTotal,
    type: 'counter',
    help: 'Requests of users by how they ended: right, by the error class of the answer, or without one.',
  },
  goodTotal: {
    name: HARNESS_METRICS.goodTotal,
    type: 'counter',
    help: 'Right answers within the goodput deadline, from the moment they were due.',
  },
  inFlight: {
    name: HARNESS_METRICS.inFlight,
    type: 'gauge',
    help: 'Requests of users that were due and have not ended.',
  },
  latencySeconds: {
    name: HARNESS_METRICS.latencySeconds,
    type: 'gauge',
    help: 'Percentiles of right answers in the last second, from the moment they were due; the highest of several generator threads.',
  },
  dispatchLagSeconds: {
    name: HARNESS_METRICS.dispatchLagSeconds,
    type: 'gauge',
    help: 'Percentiles of how late the generator itself took up what was due in the last second; the highest of several threads.',
  },
  utilizationRatio: {
    name: HARNESS_METRICS.utilizationRatio,
    type: 'gauge',
    help: 'Busy share of the generator’s event loop in the last second, 0 to 1; of the busiest of several threads.',
  },
  phase: {
    name: HARNESS_METRICS.phase,
    type: 'gauge',
    help: '1 for the phase that the load is in, 0 for the others.',
  },
  cpuSecondsTotal: {
    name: HARNESS_METRICS.cpuSecondsTotal,
    type: 'counter',
    help: 'CPU time of all processes of a part of the lab, user and system, those included that have ended; at most half a second old.',
  },
  cpuPressureSecondsTotal: {
    name: HARNESS_METRICS.cpuPressureSecondsTotal,
    type: 'counter',
    help: 'Time in which some process of the machine waited for a CPU, by its pressure stall information.',
  },
};
