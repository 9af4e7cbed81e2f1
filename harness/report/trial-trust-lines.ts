import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { DIALECTS, inDialect } from '../sizing/dialect.ts';
import { formatBytes, plural } from './format.ts';
import type { Paint } from './paint.ts';
import type { ReportLine } from './report-line.ts';

/** The dialects most readers look for; `pool-lab budget --dialect` has them all. */
const DIALECTS_SHOWN = ['sqlalchemy', 'hikari', 'rails', 'django-pool', 'pg', 'prisma'];

/** May it be believed, what of it holds elsewhere, and how the shape is written down. */
export function trialTrustLines(trial: MeasuredTrial, paint: Paint): readonly ReportLine[] {
  const { verdict, caveats, laws, environment } = trial;
  const broken = laws.filter(({ holds }) => !holds);
  const shown = verdict === 'VALID' ? paint.green(verdict) : paint.red(verdict);
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
    ...dialectLines(trial),
  ];
}

function dialectLines({ plan }: MeasuredTrial): readonly ReportLine[] {
  const texts = DIALECTS.filter((dialect) => DIALECTS_SHOWN.includes(dialect)).flatMap(
    (dialect) => inDialect(dialect, plan.pool)?.code ?? [],
  );
  return texts.map((text, index) => ({ label: index === 0 ? 'SPELT' : '', text }));
}
