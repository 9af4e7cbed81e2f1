import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { formatBytes, plural } from './format.ts';
import type { Paint } from './paint.ts';
import type { ReportLine } from './report-line.ts';

/** May it be believed, and what of it holds elsewhere? */
export function trialTrustLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { verdict, caveats, laws, environment } = trial;
  const broken = laws.filter(({ holds }) => !holds);
  const { green, yellow, red } = paint;
  const shown = { VALID: green, DEGRADED: yellow, INVALID: red }[verdict](verdict);
  const account =
    broken.length === 0
      ? `every law of the account holds (${laws.length})`
      : `${plural(broken.length, 'law')} of ${laws.length} broken`;
  const { postgres } = environment;
  return [
    { label: 'VERDICT', text: `${shown}; ${account}` },
    ...caveats.flatMap(({ grade, code, detail, advice }) => [
      { label: '', text: `${paint.yellow(grade)} ${code}: ${detail}` },
      { label: '', text: `→ ${advice}` },
    ]),
    ...broken.map(({ name, detail }) => ({ label: '', text: `✗ ${name}: ${detail}` })),
    { label: 'CARRIES OVER', text: 'the arithmetic of the budget, the classes of errors' },
    { label: 'DOES NOT', text: 'requests per second, milliseconds, the best size' },
    {
      label: 'UNKNOWN',
      text: `another network, data that is not in memory, other clients (here: PostgreSQL ${postgres.version} with ${formatBytes(postgres.databaseBytes)} of data, ${formatBytes(postgres.sharedBuffersBytes)} of shared buffers, on ${plural(environment.cores, 'core')} shared by all)`,
    },
  ];
}
