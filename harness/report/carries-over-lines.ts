import type { Environment } from '../analysis/trial-machine.ts';
import { formatBytes, plural } from './format.ts';
import type { ReportLine } from './report-line.ts';

/** The end of every report: what of it holds on another machine. */
export function carriesOverLines({
  postgres,
  cores,
}: Pick<Environment, 'postgres' | 'cores'>): readonly ReportLine[] {
  return [
    { label: 'CARRIES OVER', text: 'the arithmetic of the budget, the classes of errors' },
    { label: 'DOES NOT', text: 'requests per second, milliseconds, the best size' },
    {
      label: 'UNKNOWN',
      text: `another network, data that is not in memory, other clients (here: PostgreSQL ${postgres.version} with ${formatBytes(postgres.databaseBytes)} of data, ${formatBytes(postgres.sharedBuffersBytes)} of shared buffers, ${whereText(postgres, cores)})`,
    },
  ];
}

/** Whether a server that somebody else runs has the cores of this machine, the lab does not know. */
function whereText({ provider }: Environment['postgres'], cores: number): string {
  return provider === 'url'
    ? `run by somebody else; ${plural(cores, 'core')} for what ran here`
    : `on ${plural(cores, 'core')} shared by all`;
}
