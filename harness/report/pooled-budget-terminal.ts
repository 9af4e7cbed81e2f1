import { POOLER_LIMITS, type PoolerMode } from '../plan/pooler.ts';
import type { BudgetAnswer, PooledBudgetQuestion } from '../sizing/budget-answer.ts';
import type { Situation } from '../sizing/deployment-budget.ts';
import { waitingBehind } from '../sizing/pooled-budget.ts';
import type { PooledDeploymentBudget, PooledLimit } from '../sizing/pooled-deployment.ts';
import { LABEL_WIDTH } from './budget-terminal.ts';
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

export interface PooledBudgetReport extends BudgetSubject {
  readonly question: PooledBudgetQuestion;
  readonly answer: BudgetAnswer<PooledDeploymentBudget>;
}

type Line = readonly [label: string, text: string];

/** As without a pooler, with two limits: the clients that it takes, and the slots of its connections. */
export function pooledBudgetTerminal(
  report: PooledBudgetReport,
  { columns, paint }: { readonly columns: number; readonly paint: Paint },
): string {
  const line = (label: string, text: string): string =>
    labelled(paint.bold(label), text, { columns, labelWidth: LABEL_WIDTH });
  const { question, answer } = report;
  const first = wrap(pooledFirstLine(report), { columns, indent: 2 });
  const next = {
    question,
    shape: (answer.largestSafe ?? answer.largestNow)?.shape,
    further: poolerFlags(report),
  };
  return [
    answer.verdict === 'fits' ? paint.green(first) : paint.red(first),
    '',
    line('PGBOUNCER', poolerText(report)),
    line('USABLE', usableText(question)),
    ...assumptions(report).map((text) => line('ASSUMED', text)),
    '',
    ...situationTable(report, paint).map((row) => `  ${row}`),
    '',
    ...[...modeLines(report), ...limitLines(report), ...fittingLines(report)].map(([label, text]) =>
      line(label, text),
    ),
    line('NOT COUNTED', notCounted(report)),
    ...(isMeasurable(report) ? nextLines(next, line) : []),
    '',
  ].join('\n');
}

/** Both claims against both limits, in one sentence. */
export function pooledFirstLine(report: PooledBudgetReport): string {
  const { question, answer } = report;
  const { verdict, budget } = answer;
  const formula = deploymentText(report);
  const at = (name: Situation) => budget.situations.find(({ situation }) => situation === name);
  const clients = (name: Situation): string => formatClaim(at(name)?.clients ?? null);
  const both = [
    `where PgBouncer takes ${formatCount(budget.takes)}`,
    `and it opens ${formatCount(at('ceiling')?.connections ?? 0)}`,
  ].join(', ');
  const usable = `${formatUsable(budget.usable)} at max_connections ${formatCount(question.slots.maxConnections)}`;
  const oneEach = exceededBy(report, 'sessions') ? '; in session mode each client needs one' : '';
  const isNow = `${formula} = ${clients('ceiling')} clients ${both}; ${usable}`;
  switch (verdict) {
    case 'unbounded':
      return `UNBOUNDED: ${formula} has no limit ${both}; ${usable}${oneEach}`;
    case 'over':
      return `OVER: ${formula} can be ${clients('ceiling')} clients ${both}; ${usable}${oneEach}`;
    case 'over-during-rollout':
      return `FITS, BUT NOT DURING A DEPLOY: ${isNow}; a rolling deploy makes it ${clients('rollout')} clients${oneEach}`;
    case 'over-when-autoscaled':
      return `FITS, BUT NOT WHEN SCALED OUT: ${isNow}; at ${plural(question.deployment.replicasMax ?? 0, 'replica')} ${clients('autoscaled')}, in a deploy ${clients('autoscaled-rollout')}${oneEach}`;
    case 'fits':
      return `FITS: ${isNow}; a rolling deploy makes it ${clients('rollout')} clients`;
  }
}

function exceededBy({ answer }: PooledBudgetReport, limit: PooledLimit): boolean {
  return answer.budget.situations.some(({ exceeds }) => exceeds.includes(limit));
}

function poolerText({ question: { pooler }, answer: { budget } }: PooledBudgetReport): string {
  const { mode, processes, pairs, defaultPoolSize, reservePoolSize, maxClientConn } = pooler;
  const many = plural(processes, 'process', 'processes');
  const perPair = `(${formatCount(defaultPoolSize)} default_pool_size + ${formatCount(reservePoolSize)} reserve_pool_size)`;
  return [
    `${mode} mode`,
    `takes ${formatCount(budget.takes)} clients = ${many} × ${formatCount(maxClientConn)} max_client_conn`,
    `opens ${formatCount(budget.opens + budget.opensForOthers)} connections = ${plural(pairs, 'pair')} of user and database × ${perPair} × ${many}`,
  ].join('\n');
}

function situationTable({ question, answer }: PooledBudgetReport, paint: Paint): readonly string[] {
  const { usable, takes, opens, situations } = answer.budget;
  // Where each client needs a connection, those are the fewer.
  const serves = hasOneEach(question) ? Math.min(takes, opens) : takes;
  const margin = (claim: number | null, of: number): string => {
    if (claim === null) return 'no limit';
    return claim <= of ? `${formatCount(of - claim)} left` : `${formatCount(claim - of)} too many`;
  };
  const rows = situations.map((row) => [
    row.fits ? paint.green('✓') : paint.red('✗'),
    situationText(row.situation, question.deployment.surge),
    formatCount(row.pods),
    formatClaim(row.clients),
    margin(row.clients, serves),
    formatCount(row.connections),
    margin(row.connections, usable),
  ]);
  const head = ['', '', 'pods', 'clients', `of ${formatCount(serves)}`];
  return table(
    [[...head, 'connections', `of ${formatCount(usable)}`], ...rows],
    ['left', 'left', 'right', 'right', 'left', 'right', 'left'],
  );
}

function hasOneEach({ pooler, keepsConnections }: PooledBudgetQuestion): boolean {
  return pooler.mode === 'session' && keepsConnections;
}

/** What the mode means for those who have no connection of PgBouncer's. */
function modeLines(report: PooledBudgetReport): readonly Line[] {
  const { question, answer } = report;
  const { takes, opens, situations } = answer.budget;
  const waiting = Math.max(
    ...situations.map(({ clients }) => waitingBehind({ clients: takes, servers: opens }, clients)),
  );
  if (hasOneEach(question)) {
    return [
      [
        'SESSION MODE',
        'saves no connection here: a client keeps its own until it leaves, which one of a pool does not',
      ],
    ];
  }
  if (waiting === 0) return [];
  const meanwhile =
    question.pooler.mode === 'session' ? 'clients are connected' : 'transactions are under way';
  return [
    [
      'WAIT',
      `up to ${plural(waiting, 'client')} in PgBouncer, while more than ${formatCount(opens)} ${meanwhile}`,
    ],
  ];
}

function limitLines(report: PooledBudgetReport): readonly Line[] {
  const { question, answer } = report;
  const { pooler } = question;
  const { budget, refusal } = answer;
  const lines: Line[] = [];
  if (exceededBy(report, 'max_client_conn')) {
    const needed = budget.maxClientConnNeeded;
    lines.push([
      'BREAKS',
      `client ${formatCount(pooler.maxClientConn + 1)} of a PgBouncer gets FATAL: no more connections allowed (max_client_conn) (SQLSTATE 08P01); PostgreSQL is not asked`,
    ]);
    lines.push([
      'OR',
      needed === null
        ? 'a limit for the pools: no max_client_conn is enough for these'
        : `max_client_conn = ${formatCount(needed)}${pooler.processes === 1 ? '' : ' in each process'} for the pool as it is`,
    ]);
  }
  if (exceededBy(report, 'sessions')) {
    lines.push([
      'BREAKS',
      `client ${formatCount(budget.opens + 1)} waits for a connection that no pool gives back, and gets FATAL: query_wait_timeout (SQLSTATE 08P01) after 120 s, PgBouncer's default`,
    ]);
    lines.push(['OR', 'pool_mode = transaction, for an API that keeps no state in its sessions']);
  }
  if (exceededBy(report, 'usable')) {
    lines.push([
      'BREAKS',
      `PgBouncer's connection ${formatCount(budget.usable + 1)} gets FATAL: ${refusalWord(refusal, CURRENT_POSTGRES)} (SQLSTATE 53300; to clients of a PgBouncer before 1.21, 08P01)`,
    ]);
    lines.push([
      'OR',
      budget.defaultPoolSizeFits === 0
        ? `max_connections = ${formatCount(budget.maxConnectionsNeeded)}: no default_pool_size fits`
        : `default_pool_size = ${formatCount(budget.defaultPoolSizeFits)}, or max_connections = ${formatCount(budget.maxConnectionsNeeded)}`,
    ]);
  }
  return lines;
}

function fittingLines({ answer }: PooledBudgetReport): readonly Line[] {
  const notes = answer.largestSafe?.text?.notes ?? [];
  return [
    ['FITS NOW', fittingText(answer.largestNow)],
    ['FITS ALWAYS', fittingText(answer.largestSafe)],
    ...notes.map((note): Line => ['', note]),
  ];
}

function notCounted({ question: { pooler } }: PooledBudgetReport): string {
  return [
    NOT_COUNTED,
    ...(pooler.pairs === 1 ? [] : ['clients of the other pairs, which max_client_conn counts too']),
    ...(pooler.processes === 1
      ? []
      : ['clients that spread unevenly over the processes of PgBouncer']),
  ].join('; ');
}

/** `run` starts one process of PgBouncer for one pair, within its own limits. */
function isMeasurable({ question: { pooler } }: PooledBudgetReport): boolean {
  const sizes = [pooler.defaultPoolSize, pooler.reservePoolSize];
  return (
    pooler.processes === 1 &&
    sizes.every((size) => size <= POOLER_LIMITS.poolSizeMax) &&
    pooler.maxClientConn <= POOLER_LIMITS.clientsMax
  );
}

function poolerFlags({ question: { pooler } }: PooledBudgetReport): readonly string[] {
  const mode: PoolerMode = pooler.mode;
  return [
    `--pooler pgbouncer --pooler-mode ${mode} --pooler-size ${pooler.defaultPoolSize}`,
    ...(pooler.reservePoolSize === 0 ? [] : [`--pooler-reserve ${pooler.reservePoolSize}`]),
    `--pooler-clients ${pooler.maxClientConn}`,
  ];
}
