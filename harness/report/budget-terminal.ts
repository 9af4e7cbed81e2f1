import type { BudgetAnswer } from '../sizing/budget-answer.ts';
import type { Situation, SituationBudget } from '../sizing/deployment-budget.ts';
import {
  assumptions,
  type BudgetSubject,
  CURRENT_POSTGRES,
  deploymentText,
  fittingText,
  NOT_COUNTED,
  nextLines,
  situationText,
  usableText,
} from './budget-words.ts';
import { formatClaim, formatCount, formatUsable, plural } from './format.ts';
import type { Paint } from './paint.ts';
import { refusalWord } from './refusal-words.ts';
import { labelled, table, wrap } from './text-layout.ts';

export interface BudgetReport extends BudgetSubject {
  readonly answer: BudgetAnswer;
}

/** Of both budgets' reports. */
export const LABEL_WIDTH = 15;

/** The answer first, then the arithmetic, what breaks, what fits. */
export function budgetTerminal(
  report: BudgetReport,
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): string {
  const { question, answer } = report;
  const line = (label: string, text: string): string =>
    labelled(paint.bold(label), text, { columns, labelWidth: LABEL_WIDTH });
  const fits = answer.verdict === 'fits';
  const first = wrap(firstLine(report), { columns, indent: 2 });
  return [
    fits ? paint.green(first) : paint.red(first),
    '',
    line('USABLE', usableText(report.question)),
    ...assumptions(report).map((text) => line('ASSUMED', text)),
    '',
    ...situationTable(report, paint).map((row) => `  ${row}`),
    '',
    ...verdictLines(report).map(([label, text]) => line(label, text)),
    line('NOT COUNTED', NOT_COUNTED),
    ...nextLines({ question, shape: (answer.largestSafe ?? answer.largestNow)?.shape }, line),
    '',
  ].join('\n');
}

/** What it can open and what there is, in one sentence. */
export function firstLine(report: BudgetReport): string {
  const { question, answer } = report;
  const { deployment, slots } = question;
  const { budget, verdict } = answer;
  const formula = deploymentText(report);
  const claimed = (name: Situation): string =>
    formatClaim(budget.situations.find(({ situation }) => situation === name)?.connections ?? null);
  const usable = `${formatCount(budget.usable)} usable`;
  const limit = `at max_connections ${formatCount(slots.maxConnections)}`;
  switch (verdict) {
    case 'unbounded':
      return `UNBOUNDED: ${formula} has no limit; ${formatUsable(budget.usable)} ${limit}`;
    case 'over':
      return `OVER: ${formula} can open ${claimed('ceiling')}; ${formatUsable(budget.usable)} ${limit}`;
    case 'over-during-rollout':
      return `FITS, BUT NOT DURING A DEPLOY: ${formula} = ${claimed('ceiling')} of ${usable}; a rolling deploy makes it ${claimed('rollout')}`;
    case 'over-when-autoscaled':
      return `FITS, BUT NOT WHEN SCALED OUT: ${formula} = ${claimed('ceiling')} of ${usable}; at ${plural(deployment.replicasMax ?? 0, 'replica')} ${claimed('autoscaled')}, in a deploy ${claimed('autoscaled-rollout')}`;
    case 'fits':
      return `FITS: ${formula} = ${claimed('ceiling')} of ${usable}; a rolling deploy makes it ${claimed('rollout')}`;
  }
}

function situationTable({ question, answer }: BudgetReport, paint: Paint): readonly string[] {
  const { usable, situations } = answer.budget;
  const rows = situations.map((row) => [
    row.fits ? paint.green('✓') : paint.red('✗'),
    situationText(row.situation, question.deployment.surge),
    formatCount(row.pods),
    formatCount(row.processes),
    formatClaim(row.connections),
    marginText(row, usable),
  ]);
  return table(
    [['', '', 'pods', 'processes', 'connections', `of ${formatCount(usable)}`], ...rows],
    ['left', 'left', 'right', 'right', 'right', 'left'],
  );
}

function marginText({ connections, fits }: SituationBudget, usable: number): string {
  if (connections === null) return 'no limit';
  return fits
    ? `${formatCount(usable - connections)} left`
    : `${formatCount(connections - usable)} too many`;
}

function verdictLines({ answer }: BudgetReport): readonly (readonly [string, string])[] {
  const { verdict, budget, largestNow, largestSafe, refusal } = answer;
  const lines: (readonly [string, string])[] = [];
  if (verdict !== 'fits') {
    lines.push([
      'BREAKS',
      `connection ${formatCount(budget.usable + 1)} gets FATAL: ${refusalWord(refusal, CURRENT_POSTGRES)} (SQLSTATE 53300)`,
    ]);
  }
  lines.push(['FITS NOW', fittingText(largestNow)]);
  lines.push(['FITS ALWAYS', fittingText(largestSafe)]);
  for (const note of largestSafe?.text?.notes ?? []) lines.push(['', note]);
  if (verdict !== 'fits' && budget.maxConnectionsNeeded !== null) {
    lines.push([
      'OR',
      `max_connections = ${formatCount(budget.maxConnectionsNeeded)} for the pool as it is`,
    ]);
  }
  return lines;
}
