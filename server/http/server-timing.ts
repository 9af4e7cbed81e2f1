import { SERVER_TIMING, type ServerTimingComponent } from '../contract.ts';
import type { RequestTimes } from './request-scope.ts';

/**
 * The `Server-Timing` header, in ms with microseconds as decimals. Taken when the headers are
 * written: what a streamed answer does afterwards is not in it. What is not measured is left out.
 */
export function serverTiming(times: RequestTimes): string {
  const milliseconds: Readonly<Record<ServerTimingComponent, number | null>> = {
    wait: times.waitMs,
    connect: times.connectMs,
    db: times.dbMs,
    loop: times.loopMs,
    total: times.totalMs,
  };
  return SERVER_TIMING.flatMap((name) => {
    const durationMs = milliseconds[name];
    return durationMs === null ? [] : [`${name};dur=${durationMs.toFixed(3)}`];
  }).join(', ');
}
