import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { carriesOverLines, networkOf } from './carries-over-lines.ts';
import { plural } from './format.ts';
import { gatesText } from './gate-words.ts';
import { notSeenLines } from './not-seen-lines.ts';
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
    ...notSeenLines([trial]),
    { label: 'GATES', text: gatesText(trial.plan) },
    ...carriesOverLines(environment, networkOf(trial.plan)),
  ];
}
