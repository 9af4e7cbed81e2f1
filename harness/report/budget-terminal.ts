import { LIMITS } from '../../server/contract.ts';
import { printDuration } from '../plan/value-parser.ts';
import type { BudgetAnswer, BudgetQuestion, FittingShape } from '../sizing/budget-answer.ts';
import type { Situation, SituationBudget, Surge } from '../sizing/deployment-budget.ts';
import type { Preset } from '../sizing/presets.ts';
import { formatClaim, formatCount, formatUsable, plural } from './format.ts';
import type { Paint } from './paint.ts';
import { refusalWord } from './refusal-words.ts';
import { labelled, table, wrap } from './text-layout.ts';

export interface BudgetReport {
  readonly question: BudgetQuestion;
  readonly answer: BudgetAnswer;
  readonly preset: Preset | null;
  /** `5+10`, `10`, `unlimited`. */
  readonly shapeText: string;
  /** `false`: the number of workers is an assumption, and shown as one. */
  readonly workersGiven: boolean;
}

const LABEL_WIDTH = 15;

/** The arithmetic knows no server: its words are those of every release since 16. */
export const CURRENT_POSTGRES = '18';

/** The answer first, then the arithmetic, what breaks, what fits. */
export function budgetTerminal(
  report: BudgetReport,
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): string {
  const line = (label: string, text: string): string =>
    labelled(paint.bold(label), text, { columns, labelWidth: LABEL_WIDTH });
  const fits = report.answer.verdict === 'fits';
  const first = wrap(firstLine(report), { columns, indent: 2 });
  return [
    fits ? paint.green(first) : paint.red(first),
    '',
    line('USABLE', usableText(report)),
    ...assumptions(report).map((text) => line('ASSUMED', text)),
    '',
    ...situationTable(report, paint).map((row) => `  ${row}`),
    '',
    ...verdictLines(report).map(([label, text]) => line(label, text)),
    line('NOT COUNTED', 'terminating pods that still close their pools; a failover; retries'),
    ...nextLines(report, line),
    '',
  ].join('\n');
}

/** What it can open and what there is, in one sentence. */
export function firstLine({ question, answer, shapeText }: BudgetReport): string {
  const { deployment, slots } = question;
  const { budget, verdict } = answer;
  const formula = [
    deployment.replicas === 1 ? [] : `${plural(deployment.replicas, 'replica')} ×`,
    `${plural(deployment.workers, 'worker')} ×`,
    shapeText.includes('+') ? `(${shapeText})` : shapeText,
  ]
    .flat()
    .join(' ');
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

function usableText({ question, answer }: BudgetReport): string {
  const { maxConnections, superuserReserved, reserved, others, role } = question.slots;
  const terms = [
    `${formatCount(maxConnections)} max_connections`,
    role === 'superuser' ? [] : `${formatCount(superuserReserved)} superuser_reserved_connections`,
    role === 'ordinary' && reserved > 0 ? `${formatCount(reserved)} reserved_connections` : [],
    `${formatCount(others)} others`,
  ].flat();
  const roleText = role === 'ordinary' ? '' : ` (${role} role)`;
  const hint = others === 0 ? '\nother services, migrations, psql, monitoring: --others N' : '';
  return `${formatCount(answer.budget.usable)} = ${terms.join(' − ')}${roleText}${hint}`;
}

function assumptions({
  question,
  preset,
  workersGiven,
  shapeText,
}: BudgetReport): readonly string[] {
  const found: string[] = [];
  if (preset !== null) {
    found.push(`${preset.pool}: ${shapeText} a process, ${waitText(preset)}; ${preset.note}`);
  }
  if (!workersGiven) {
    found.push(
      `${plural(question.deployment.workers, 'process', 'processes')} a replica (${preset?.processes ?? 'workers'}): --workers N`,
    );
  }
  return found;
}

function waitText({ wait }: Preset): string {
  if (wait === 'never') return 'nobody waits';
  return wait === 'without end' ? 'waits without end' : `waits ${printDuration(wait)}`;
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

function situationText(situation: Situation, surge: Surge): string {
  const extra = surge.kind === 'count' ? `+${surge.pods}` : `+${surge.percent}%`;
  switch (situation) {
    case 'floor':
      return 'idle (floor)';
    case 'ceiling':
      return 'busy (ceiling)';
    case 'rollout':
      return `rolling deploy (${extra})`;
    case 'autoscaled':
      return 'scaled out';
    case 'autoscaled-rollout':
      return `deploy scaled out (${extra})`;
  }
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

function fittingText(fitting: FittingShape | null): string {
  if (fitting === null) return 'nothing: not even one connection for each process';
  const { shape, processes, connections, text } = fitting;
  const per = shape.poolSize + shape.maxOverflow;
  return `${text?.code ?? ''}\n${formatCount(processes)} × ${formatCount(per)} = ${formatCount(connections)}`;
}

/** PostgreSQL's own default, and `run`'s. */
const SUPERUSER_RESERVED_DEFAULT = 3;

/** The command is not wrapped: it is there to be copied. None where `run` could not do it. */
function nextLines(
  { question, answer }: BudgetReport,
  line: (label: string, text: string) => string,
): readonly string[] {
  const { workers } = question.deployment;
  const shape = (answer.largestSafe ?? answer.largestNow)?.shape;
  if (shape === undefined || workers > LIMITS.workersMax) return [];
  if (shape.poolSize + shape.maxOverflow > LIMITS.poolConnectionsMax) return [];
  const { maxConnections, superuserReserved, reserved } = question.slots;
  const flags = [
    `--pool-size ${shape.poolSize} --max-overflow ${shape.maxOverflow} --workers ${workers}`,
    `--max-connections ${maxConnections}`,
    ...(superuserReserved === SUPERUSER_RESERVED_DEFAULT
      ? []
      : [`--superuser-reserved ${superuserReserved}`]),
    ...(reserved === 0 ? [] : [`--reserved ${reserved}`]),
  ];
  return [
    line('NEXT', 'measures what the arithmetic cannot say, which size is fast:'),
    `  npx pool-lab run ${flags.join(' ')}`,
  ];
}
