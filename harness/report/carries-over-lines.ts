import type { Environment, PostgresEnvironment } from '../analysis/trial-machine.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import type { Transport, TrialPlan } from '../plan/trial-plan.ts';
import { formatBytes, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

/** What lay between API and database. */
export interface Network {
  readonly rttMs: number;
  /** @default tcp */
  readonly transport?: Transport;
}

const NO_NETWORK: Network = { rttMs: 0 };

export function networkOf({
  distance,
  postgres,
}: Pick<TrialPlan, 'distance' | 'postgres'>): Network {
  return { rttMs: distance.rttMs, transport: postgres.transport };
}

/** The end of every report: what of it holds on another machine. */
export function carriesOverLines(
  { postgres, cores }: Pick<Environment, 'postgres' | 'cores'>,
  between: Network = NO_NETWORK,
): readonly ReportLine[] {
  const encryption =
    between.transport === 'tls'
      ? ', what encryption costs (here both its ends were on these cores)'
      : '';
  return [
    {
      label: 'CARRIES OVER',
      text:
        postgres === null
          ? 'the classes of errors'
          : 'the arithmetic of the budget, the classes of errors',
    },
    { label: 'DOES NOT', text: `requests per second, milliseconds, the best size${encryption}` },
    {
      label: 'UNKNOWN',
      text: `${unknownNetwork(between)}, data that is not in memory, other clients (here: ${databaseText(postgres, cores)})`,
    },
  ];
}

function unknownNetwork({ rttMs, transport }: Network): string {
  if (rttMs > 0) return 'what a network does beyond being long (loss, slow start)';
  return transport === 'socket' ? 'any network (here it was a socket)' : 'another network';
}

/** Of two that are compared: what one of them had is no longer unknown, and what it cost there does not carry over. */
export function networkOfBoth(left: Network, right: Network): Network {
  const [one = 'tcp', other = 'tcp'] = [left.transport, right.transport];
  const differing = one === 'tls' || other === 'tls' ? 'tls' : 'tcp';
  return {
    rttMs: Math.max(left.rttMs, right.rttMs),
    transport: one === other ? one : differing,
  };
}

/** Of a sweep's distances: one network is enough to be no longer unknown. */
export function farthestOf({ axes, base }: Pick<SweepPlan, 'axes' | 'base'>): Network {
  return {
    rttMs: axes.dbRttMs.reduce((most, ms) => Math.max(most, ms), 0),
    transport: base.postgres.transport,
  };
}

function databaseText(postgres: Environment['postgres'], cores: number): string {
  if (postgres === null) {
    return `a database that was not in sight, ${plural(cores, 'core')} for what ran here`;
  }
  return `PostgreSQL ${postgres.version} with ${formatBytes(postgres.databaseBytes)} of data, ${formatBytes(postgres.sharedBuffersBytes)} of shared buffers, ${whereText(postgres, cores)}`;
}

/** Whether a server that somebody else runs has the cores of this machine, the lab does not know. */
function whereText({ provider }: PostgresEnvironment, cores: number): string {
  if (provider === 'url') return `run by somebody else; ${plural(cores, 'core')} for what ran here`;
  const shared = `on ${plural(cores, 'core')} shared by all`;
  return provider === 'docker' ? `in a container, ${shared}` : shared;
}
