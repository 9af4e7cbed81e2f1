import type { Environment } from '../analysis/trial-machine.ts';
import { type Distance, NO_DISTANCE } from '../plan/distance.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { formatBytes, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

/** The end of every report: what of it holds on another machine. */
export function carriesOverLines(
  { postgres, cores }: Pick<Environment, 'postgres' | 'cores'>,
  distance: Pick<Distance, 'rttMs'> = NO_DISTANCE,
): readonly ReportLine[] {
  const network =
    distance.rttMs === 0
      ? 'another network'
      : 'what a network does beyond being long (loss, slow start)';
  return [
    { label: 'CARRIES OVER', text: 'the arithmetic of the budget, the classes of errors' },
    { label: 'DOES NOT', text: 'requests per second, milliseconds, the best size' },
    {
      label: 'UNKNOWN',
      text: `${network}, data that is not in memory, other clients (here: PostgreSQL ${postgres.version} with ${formatBytes(postgres.databaseBytes)} of data, ${formatBytes(postgres.sharedBuffersBytes)} of shared buffers, ${whereText(postgres, cores)})`,
    },
  ];
}

/** Of a sweep's distances: one network is enough to be no longer unknown. */
export function farthestOf({ axes }: Pick<SweepPlan, 'axes'>): Pick<Distance, 'rttMs'> {
  return { rttMs: axes.dbRttMs.reduce((most, ms) => Math.max(most, ms), 0) };
}

/** Whether a server that somebody else runs has the cores of this machine, the lab does not know. */
function whereText({ provider }: Environment['postgres'], cores: number): string {
  if (provider === 'url') return `run by somebody else; ${plural(cores, 'core')} for what ran here`;
  const shared = `on ${plural(cores, 'core')} shared by all`;
  return provider === 'docker' ? `in a container, ${shared}` : shared;
}
