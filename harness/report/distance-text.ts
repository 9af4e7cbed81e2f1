import { printBandwidth } from '../plan/bandwidth-parser.ts';
import type { Distance } from '../plan/distance.ts';

/** `20 ms`, `20 ± 5 ms over 100mbit`; of no distance `none`. */
export function distanceText({ rttMs, jitterMs, bandwidthMbit }: Distance): string {
  if (rttMs === 0) return 'none';
  const spread = jitterMs === 0 ? '' : ` ± ${jitterMs}`;
  const width = bandwidthMbit === null ? '' : ` over ${printBandwidth(bandwidthMbit)}`;
  return `${rttMs}${spread} ms${width}`;
}

/** As it stands behind what is measured: `database 20 ms away`. */
export function awayText(rttMs: number): string {
  return rttMs === 0 ? 'database on this machine' : `database ${rttMs} ms away`;
}
