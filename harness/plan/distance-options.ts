import { bandwidth } from './bandwidth-parser.ts';
import { databaseFaults } from './database-fault-parser.ts';
import { DISTANCE_LIMITS, NO_DISTANCE } from './distance.ts';
import { option } from './option.ts';
import type { OptionSources, OptionValues, Problem } from './option-table.ts';
import { duration, orNone } from './value-parser.ts';

const { rttMsMax, bandwidthMbitMin, bandwidthMbitMax } = DISTANCE_LIMITS;
const roundTrip = duration({ minMs: 0, maxMs: rttMsMax, fine: true });

/** How far the API is from what it connects to. */
export const DISTANCE_OPTIONS = {
  dbRtt: option('db-rtt', {
    parser: roundTrip,
    defaultValue: NO_DISTANCE.rttMs,
    description:
      'round trip between API and database, e.g. 0.5ms, 20ms; 0: they are on one machine, with nothing in between',
  }),
  dbJitter: option('db-jitter', {
    parser: roundTrip,
    defaultValue: NO_DISTANCE.jitterMs,
    description: 'with --db-rtt: a round trip takes this much less or more, evenly spread',
  }),
  dbBandwidth: option('db-bandwidth', {
    parser: orNone(
      bandwidth({ minMbit: bandwidthMbitMin, maxMbit: bandwidthMbitMax }),
      'unlimited',
    ),
    defaultValue: NO_DISTANCE.bandwidthMbit,
    description: 'with --db-rtt: of all connections together, each way, e.g. 100mbit',
  }),
  dbFault: option('db-fault', {
    parser: databaseFaults(),
    defaultValue: [],
    description:
      'between API and database, at a time of the measured window: reset@5s, refuse@5s:2s, stall@5s:2s, blackhole@5s:2s',
    repeatable: true,
  }),
} as const;

/** A round trip that takes less than no time. */
export function distanceProblems(
  { dbRtt, dbJitter }: Pick<OptionValues<typeof DISTANCE_OPTIONS>, 'dbRtt' | 'dbJitter'>,
  sources: Pick<OptionSources<typeof DISTANCE_OPTIONS>, 'dbJitter'>,
): readonly Problem[] {
  if (dbRtt === 0 || dbJitter <= dbRtt) return [];
  const { print } = roundTrip;
  return [
    {
      field: '--db-jitter',
      value: print(dbJitter),
      source: sources.dbJitter,
      problem: `is more than the round trip of ${print(dbRtt)} that it is taken from`,
      remedy: `give at most ${print(dbRtt)}, or a longer --db-rtt`,
    },
  ];
}
