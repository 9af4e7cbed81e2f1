import { METRICS } from '../../server/contract.ts';
import { ALL_WORKERS, api } from './series.ts';

/**
 * Of each API, since each has a database of its own. Sessions that are still connecting occupy a slot too,
 * so this counts all there are instead of relying on whose they are.
 */
const leftByApi =
  `sum by (job, instance) (${api(METRICS.pgMaxConnections)}) ` +
  `- sum by (job, instance) (${api(METRICS.pgReservedConnections)}) ` +
  `- sum by (job, instance) (${api(METRICS.pgConnections)})`;

const usedByApi = `sum by (job, instance) (${api(METRICS.pgConnections, ALL_WORKERS)})`;

/**
 * Connections that PostgreSQL could still give to an ordinary role; the fewest, where there are several.
 * Those about to be refused are in slots that are reserved, which would make it negative.
 */
export const SLOTS_LEFT = `clamp_min(min(${leftByApi}), 0)`;

/** Share of the usable slots, those that neither are reserved nor belong to others, that the API has. */
export const USABLE_SLOTS_IN_USE =
  `max(${usedByApi} ` +
  `/ sum by (job, instance) (${api(METRICS.budgetConnections, 'bound="usable"')} > 0))`;
