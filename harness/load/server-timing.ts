import { SERVER_TIMING, type ServerTimingComponent } from '../../server/contract.ts';

/** Durations in ms by component; what the server did not name is absent. */
export type ServerTimingMs = Readonly<Partial<Record<ServerTimingComponent, number>>>;

/** One hour, as long as a histogram keeps. What claims more is no duration of a request. */
const DURATION_MS_MAX = 3_600_000;

/**
 * Reads `wait;dur=0.41, connect;dur=0, db;dur=1.9, total;dur=2.6`. Other names and entries without
 * a duration are passed over: a proxy in between may add its own.
 */
export function parseServerTiming(header: string): ServerTimingMs {
  const timing: Partial<Record<ServerTimingComponent, number>> = {};
  for (const entry of header.split(',')) {
    const [name, ...parameters] = entry.split(';');
    const component = SERVER_TIMING.find((known) => known === name?.trim());
    const duration = parameters.find((parameter) => parameter.trim().startsWith('dur='));
    if (component === undefined || duration === undefined) continue;
    const ms = Number.parseFloat(duration.slice(duration.indexOf('=') + 1));
    if (ms >= 0 && ms <= DURATION_MS_MAX) timing[component] = ms;
  }
  return timing;
}
