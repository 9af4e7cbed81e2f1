import { SERVER_TIMING, type ServerTimingComponent } from '../contract.ts';
import type { RequestTimes } from './request-scope.ts';

/**
 * The `Server-Timing` header, in ms with microseconds as decimals. Taken when the headers are
 * written: what a streamed answer does afterwards is not in it.
 */
export function serverTiming(times: RequestTimes): string {
  const milliseconds: Readonly<Record<ServerTimingComponent, number>> = {
    wait: times.waitMs,
    connect: times.connectMs,
    db: times.dbMs,
    total: times.totalMs,
  };
  return SERVER_TIMING.map((name) => `${name};dur=${milliseconds[name].toFixed(3)}`).join(', ');
}
