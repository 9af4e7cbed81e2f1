import { SERVER_TIMING, type ServerTimingComponent } from '../../../server/contract.ts';

/** Durations in ms by component; what the server did not name is absent. */
export type ServerTimingMs = Readonly<Partial<Record<ServerTimingComponent, number>>>;

/** One hour, as long as a histogram keeps. What claims more is no duration of a request. */
const DURATION_MS_MAX = 3_600_000;

/**
 * Reads `wait;dur=0.41, connect;dur=0, db;dur=1.9, total;dur=2.6`. Other names and entries without
 * a duration are passed over: a proxy in between may add its own.
 *
 * It runs for every answer: taking the header apart by `split` cost as much as recording the answer.
 */
export function parseServerTiming(header: string): ServerTimingMs {
  const timing: Partial<Record<ServerTimingComponent, number>> = {};
  for (let at = 0; at < header.length; ) {
    const comma = header.indexOf(',', at);
    const end = comma < 0 ? header.length : comma;
    const semicolon = header.indexOf(';', at);
    if (semicolon >= 0 && semicolon < end) {
      const name = header.slice(at, semicolon).trim();
      const component = SERVER_TIMING.find((known) => known === name);
      const ms = component === undefined ? Number.NaN : durationMs(header, semicolon, end);
      if (component !== undefined && ms >= 0 && ms <= DURATION_MS_MAX) timing[component] = ms;
    }
    at = end + 1;
  }
  return timing;
}

/** Of the entry whose parameters begin at `from`; not a number where it has none. */
function durationMs(header: string, from: number, end: number): number {
  for (let at = from; at >= 0 && at < end; at = header.indexOf(';', at + 1)) {
    let name = at + 1;
    while (header[name] === ' ') name += 1;
    if (header.startsWith('dur=', name)) return Number.parseFloat(header.slice(name + 4, end));
  }
  return Number.NaN;
}
