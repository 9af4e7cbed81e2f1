import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { carriesOverLines, networkOf } from './carries-over-lines.ts';
import { plural } from './format.ts';
import { gatesText } from './gate-words.ts';
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
  return [
    { label: 'VERDICT', text: `${shown}; ${account}` },
    ...caveats.flatMap(({ grade, code, detail, advice }) => [
      { label: '', text: `${paint.yellow(grade)} ${code}: ${detail}` },
      { label: '', text: `→ ${advice}` },
    ]),
    ...broken.map(({ name, detail }) => ({ label: '', text: `✗ ${name}: ${detail}` })),
    ...notSeenLines(trial),
    { label: 'GATES', text: gatesText(trial.plan.gates) },
    ...carriesOverLines(environment, networkOf(trial.plan)),
  ];
}

/** What of a service without a database of the lab's knowledge no report can have. */
const DATABASE_NOT_SEEN =
  'the database: how many connections there are and may be, what they wait for, who is refused. DATABASE_URL and --postgres url would show it';

/** Of what is not known the report has no number, and says so. */
function notSeenLines({ environment }: MeasuredTrial): readonly ReportLine[] {
  if (environment.postgres === null) {
    return [{ label: 'NOT SEEN', text: DATABASE_NOT_SEEN }];
  }
  if (environment.postgres.seesOthers) return [];
  return [
    {
      label: 'NOT SEEN',
      text: "what sessions of others did, and which were still connecting: the monitor's role lacks pg_read_all_stats. They are counted among the others, the API's own are seen in full",
    },
  ];
}
