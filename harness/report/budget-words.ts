import { LIMITS, type PoolShape } from '../../server/contract.ts';
import { printDuration } from '../plan/value-parser.ts';
import type { BudgetQuestion, FittingShape } from '../sizing/budget-answer.ts';
import type { Situation, Surge } from '../sizing/deployment-budget.ts';
import type { Preset } from '../sizing/presets.ts';
import { usableSlots } from '../sizing/usable-slots.ts';
import { formatCount, plural } from './format.ts';

/** What is asked about, as it is told: with a pooler in between or without. */
export interface BudgetSubject {
  readonly question: BudgetQuestion;
  readonly preset: Preset | null;
  /** `5+10`, `10`, `unlimited`. */
  readonly shapeText: string;
  /** `false`: the number of workers is an assumption, and shown as one. */
  readonly workersGiven: boolean;
}

/** The arithmetic knows no server: its words are those of every release since 16. */
export const CURRENT_POSTGRES = '18';

/** What the arithmetic leaves out, whatever is in between. */
export const NOT_COUNTED = 'terminating pods that still close their pools; a failover; retries';

/** `6 replicas × 4 workers × (5+10)` */
export function deploymentText({ question: { deployment }, shapeText }: BudgetSubject): string {
  return [
    deployment.replicas === 1 ? [] : `${plural(deployment.replicas, 'replica')} ×`,
    `${plural(deployment.workers, 'worker')} ×`,
    shapeText.includes('+') ? `(${shapeText})` : shapeText,
  ]
    .flat()
    .join(' ');
}

/** `97 = 100 max_connections − 3 superuser_reserved_connections − 0 others` */
export function usableText({ slots }: BudgetQuestion): string {
  const { maxConnections, superuserReserved, reserved, others, role } = slots;
  const terms = [
    `${formatCount(maxConnections)} max_connections`,
    role === 'superuser' ? [] : `${formatCount(superuserReserved)} superuser_reserved_connections`,
    role === 'ordinary' && reserved > 0 ? `${formatCount(reserved)} reserved_connections` : [],
    `${formatCount(others)} others`,
  ].flat();
  const roleText = role === 'ordinary' ? '' : ` (${role} role)`;
  const hint = others === 0 ? '\nother services, migrations, psql, monitoring: --others N' : '';
  return `${formatCount(usableSlots(slots))} = ${terms.join(' − ')}${roleText}${hint}`;
}

export function assumptions({
  question,
  preset,
  workersGiven,
  shapeText,
}: BudgetSubject): readonly string[] {
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

export function situationText(situation: Situation, surge: Surge): string {
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

export function fittingText(fitting: FittingShape | null): string {
  if (fitting === null) return 'nothing: not even one connection for each process';
  const { shape, processes, connections, text } = fitting;
  const per = shape.poolSize + shape.maxOverflow;
  const sum = `${formatCount(processes)} × ${formatCount(per)} = ${formatCount(connections)}`;
  return text === null ? sum : `${text.code}\n${sum}`;
}

/** PostgreSQL's own default, and `run`'s. */
const SUPERUSER_RESERVED_DEFAULT = 3;

export interface NextRun {
  readonly question: BudgetQuestion;
  /** `undefined`: none fits. */
  readonly shape: PoolShape | undefined;
  readonly further?: readonly string[];
}

/** The command is not wrapped: it is there to be copied. None where `run` could not do it. */
export function nextLines(
  { question, shape, further = [] }: NextRun,
  line: (label: string, text: string) => string,
): readonly string[] {
  const { workers } = question.deployment;
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
    ...further,
  ];
  return [
    line('NEXT', 'measures what the arithmetic cannot say, which size is fast:'),
    `  npx pool-lab run ${flags.join(' ')}`,
  ];
}
