import type { InspectionFact } from '../../plan/thresholds/inspection-facts.ts';
import { INSPECTION_FACTS } from '../../plan/thresholds/inspection-facts.ts';
import { parseThresholdAbout } from '../../plan/thresholds/threshold.ts';
import { known, type Reading, withheld } from '../thresholds/fact-reading.ts';
import { atLeast } from '../thresholds/threshold-range.ts';
import { judgeThreshold } from '../thresholds/threshold-results.ts';
import type { ThresholdResult } from '../trial-result.ts';
import type { Cause } from './cause.ts';
import { sessionsPerSecond } from './find-causes.ts';
import type { ConnectionLimit, Observation, SessionState } from './inspection.ts';

/** What a threshold may be about. */
export interface Looked {
  readonly observation: Observation;
  readonly causes: readonly Cause[];
}

/**
 * Was what was asked for reached? In the order of asking. What this role cannot see meets nothing.
 *
 * @param expressions understood before anything was looked at
 */
export function inspectionThresholds(
  expressions: readonly string[],
  looked: Looked,
): ThresholdResult[] {
  return expressions.map((expression) => {
    const parsed = parseThresholdAbout(INSPECTION_FACTS, expression);
    if (!parsed.ok) throw new Error(`the threshold ${expression} ${parsed.problem}`);
    return {
      expression,
      ...judgeThreshold(parsed.value, (fact) => READINGS[fact](looked)),
    };
  });
}

type Read = (looked: Looked) => Reading;

const READINGS: Readonly<Record<InspectionFact, Read>> = {
  'slots.left': ({ observation }) => known(observation.slots.left.ordinary),
  'slots.left.reserved': ({ observation }) => known(observation.slots.left.reserved),
  'slots.left.superuser': ({ observation }) => known(observation.slots.left.superuser),
  'slots.used': ({ observation }) => known(observation.slots.used),
  'slots.used.peak': ({ observation }) => known(observation.slots.usedPeak),
  usable: ({ observation }) => known(observation.slots.usable),
  max_connections: ({ observation }) => known(observation.slots.maxConnections),
  'sessions.active': seen(({ mean }) => mean.active),
  'sessions.idle': seen(({ mean }) => mean.idle),
  'sessions.idle_in_transaction': seen(({ mean }) => mean.idle_in_transaction),
  'sessions.starting': seen(({ mean }) => mean.starting),
  'share.active': seen((it) => shareOf(it, 'active')),
  'share.idle': seen((it) => shareOf(it, 'idle')),
  'share.idle_in_transaction': seen((it) => shareOf(it, 'idle_in_transaction')),
  lock_waits: seen(({ mean }) => mean.lockWaits),
  'oldest.transaction': seen(({ total }) => total.oldestMs.transaction ?? 0),
  'oldest.idle_in_transaction': seen(({ total }) => total.oldestMs.idleInTransaction ?? 0),
  'oldest.idle': seen(({ total }) => total.oldestMs.idle ?? 0),
  connects: ({ observation }) => {
    const perSecond = sessionsPerSecond(observation);
    return perSecond === null ? withheld('the statistics were reset meanwhile') : known(perSecond);
  },
  'fullest.role': ({ observation }) => known(fullest(observation.roleLimits)),
  'fullest.database': ({ observation }) => known(fullest(observation.databaseLimits)),
  causes: ({ observation, causes }) =>
    observation.role.seesEverybody
      ? known(causes.length)
      : { kind: 'known', range: atLeast(causes.length), because: HIDDEN },
};

const HIDDEN = 'this role does not see what others do';

/** What this role sees of itself alone says nothing about all. */
function seen(read: (observation: Observation) => number): Read {
  return ({ observation }) =>
    observation.role.seesEverybody ? known(read(observation)) : withheld(HIDDEN);
}

/** A session's chance to be in this state when it was looked at. */
export function shareOf({ mean }: Pick<Observation, 'mean'>, state: SessionState): number {
  const all = mean.active + mean.idle + mean.idle_in_transaction + mean.starting + mean.unknown;
  return all === 0 ? 0 : mean[state] / all;
}

function fullest(limits: readonly ConnectionLimit[]): number {
  return Math.max(0, ...limits.map(({ limit, used }) => (limit === 0 ? 0 : used / limit)));
}
