import type { OptionSources, OptionValues, Problem } from '../option-table.ts';
import { parseThreshold } from './threshold.ts';
import type { FactName } from './threshold-facts.ts';
import { THRESHOLD_OPTIONS } from './threshold-options.ts';

const FIELD = `--${THRESHOLD_OPTIONS.threshold.flag}`;

/** What is told by the lab's own API alone. */
const OF_OWN_API: readonly FactName[] = [
  'pool.waiting.peak',
  'pool.waiting.mean',
  'pool.held.peak',
  'pool.saturated',
  'pool.acquired',
  'pool.timeouts',
  'pool.errors',
  'pool.opened',
  'pg.connections.peak.worker',
  'api.event_loop',
];
/** Of processes that the lab started. */
const OF_STARTED: readonly FactName[] = ['cpu.api'];
/** What only the server side of PostgreSQL tells, or follows from its settings. */
const OF_DATABASE: readonly FactName[] = [
  'pg.connections.peak',
  'pg.connections.peak.all',
  'pg.lock_waits',
  'max_connections',
  'others',
  'usable',
  'floor',
  'ceiling',
  'rollout_ceiling',
  'cpu.postgres',
];

/** What of a trial will be in sight. */
export interface Sight {
  /** `null`: the lab's own API is measured. */
  readonly service: 'command' | 'running' | null;
  readonly database: boolean;
}

/** Thresholds about what the trial will not see: they could never be met, and that is known before. */
export function unseenThresholdProblems(
  { threshold }: Pick<OptionValues<typeof THRESHOLD_OPTIONS>, 'threshold'>,
  sources: Pick<OptionSources<typeof THRESHOLD_OPTIONS>, 'threshold'>,
  sight: Sight,
): readonly Problem[] {
  return threshold.flatMap((value): Problem[] => {
    const parsed = parseThreshold(value);
    if (!parsed.ok) return [];
    const { fact, side } = parsed.value;
    const facts = side.kind === 'fact' ? [fact, side.fact] : [fact];
    const why = facts.map((name) => unseenBecause(name, sight)).find((it) => it !== null);
    return why === undefined ? [] : [{ field: FIELD, value, source: sources.threshold, ...why }];
  });
}

function unseenBecause(
  fact: FactName,
  { service, database }: Sight,
): Pick<Problem, 'problem' | 'remedy'> | null {
  if (service === null) return null;
  if (OF_OWN_API.includes(fact)) {
    return {
      problem: `is about ${fact}, which the lab's own API tells, and a service does not`,
      remedy: 'leave it out, or use errors.pool_timeout, latency, throughput',
    };
  }
  if (service === 'running' && OF_STARTED.includes(fact)) {
    return {
      problem: `is about ${fact}, and the service of --target was started elsewhere`,
      remedy: 'leave it out, or have the lab start the service: --command',
    };
  }
  if (!database && OF_DATABASE.includes(fact)) {
    return {
      problem: `is about ${fact}, and the database of the service of --target is not in sight`,
      remedy: 'add --postgres url, with its address in DATABASE_URL, or leave it out',
    };
  }
  return null;
}
