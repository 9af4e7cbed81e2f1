import type { SteadySecond } from '../statistics/steady-block.ts';
import type { PoolRequest } from './pool-queue.ts';

const MS_PER_S = 1000;

/** What a load engine's seconds would tell of these requests, for the first `seconds` seconds. */
export function queueSeconds(
  requests: readonly PoolRequest[],
  seconds: number,
): readonly SteadySecond[] {
  const rows = Array.from({ length: seconds }, (_, second) => ({
    second,
    arrived: 0,
    givenUp: 0,
    ok: 0,
    inFlightMean: 0,
    latencySumMs: 0,
  }));
  for (const { arrivedS, endedS, outcome } of requests) {
    const arrival = rows[Math.floor(arrivedS)];
    if (arrival !== undefined) {
      arrival.arrived += 1;
      if (outcome === 'dropped') arrival.givenUp += 1;
    }
    const end = rows[Math.floor(endedS)];
    if (end !== undefined && outcome === 'ok') {
      end.ok += 1;
      end.latencySumMs += (endedS - arrivedS) * MS_PER_S;
    }
    for (let second = Math.floor(arrivedS); second < Math.min(endedS, seconds); second += 1) {
      const row = rows[second];
      if (row === undefined) break;
      row.inFlightMean += Math.min(endedS, second + 1) - Math.max(arrivedS, second);
    }
  }
  return rows.map(({ latencySumMs, ...row }) => ({
    ...row,
    latencyMsMean: row.ok > 0 ? latencySumMs / row.ok : null,
  }));
}
