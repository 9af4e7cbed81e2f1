import { EXIT_CODE, type ExitCode } from '../exit-code.ts';
import {
  type OptionValues,
  type Problem,
  readOptions,
  SOURCE_DEFAULT,
} from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { budgetJson, pooledBudgetJson } from '../report/budget-json.ts';
import { budgetTerminal } from '../report/budget-terminal.ts';
import { createPaint } from '../report/paint.ts';
import { pooledBudgetTerminal } from '../report/pooled-budget-terminal.ts';
import { answerBudget, answerPooledBudget, type BudgetAnswer } from '../sizing/budget-answer.ts';
import { deployedPool } from '../sizing/deployed-pool.ts';
import { hasPool } from '../sizing/presets.ts';
import { BUDGET_OPTIONS, deployedPooler, poolerWarnings } from './budget-options.ts';
import type { Command } from './command.ts';

/** The arithmetic alone: nothing is started, nothing is measured. */
export const budgetCommand: Command = {
  name: 'budget',
  summary: 'does a deployment fit into max_connections? The arithmetic, no database',
  options: BUDGET_OPTIONS,
  examples: [
    {
      line: 'pool-lab budget --preset fastapi --replicas 6 --workers 4 --max-connections 100',
      shows: 'what it can open, now and during a deploy, and the largest pool that fits',
    },
    {
      line: 'pool-lab budget --pool-size 4 --max-overflow 2 --workers 4 --max-connections 30 --json',
      shows: 'the same for given numbers, for scripts; exits 99 when over',
    },
    {
      line: 'pool-lab budget --preset fastapi --replicas 6 --workers 4 --pooler pgbouncer --pooler-mode transaction --pooler-clients 500',
      shows: 'behind a PgBouncer: its clients, and its own connections to PostgreSQL',
    },
  ],
  async run(flags, io) {
    const { values, sources, problems } = readOptions(BUDGET_OPTIONS, { flags, env: {} });
    const all = [...problems, ...problemsBetween(values, problems)];
    if (all.length > 0) throw problemError(all, 'budget');

    const { preset } = values;
    const pool = deployedPool({
      preset,
      host: { cpus: values.cpus },
      poolSize: sources.poolSize === SOURCE_DEFAULT ? null : values.poolSize,
      maxOverflow: sources.maxOverflow === SOURCE_DEFAULT ? null : values.maxOverflow,
    });
    const workersGiven = sources.workers !== SOURCE_DEFAULT;
    const question = {
      deployment: {
        replicas: values.replicas,
        workers: workersGiven ? values.workers : (preset?.workersAssumed ?? values.workers),
        claim: pool.claim,
        surge: values.maxSurge,
        replicasMax: values.hpaMax,
      },
      slots: {
        maxConnections: values.maxConnections,
        superuserReserved: values.superuserReserved,
        reserved: values.reserved,
        others: values.others,
        role: values.role,
      },
      dialect: values.dialect ?? pool.dialect,
    };
    for (const warning of poolerWarnings(values, sources)) io.stderr.write(`${warning}\n`);
    const subject = { preset, shapeText: pool.shapeText, workersGiven };
    const style = { columns: io.stdout.columns, paint: createPaint(io.stdout.color) };
    const pooler = deployedPooler(values);
    if (pooler === null) {
      const report = { ...subject, question, answer: answerBudget(question) };
      io.stdout.write(values.json ? budgetJson(report) : budgetTerminal(report, style));
      return exitCodeOf(report.answer);
    }
    const behind = { ...question, pooler, keepsConnections: preset === null || hasPool(preset) };
    const report = { ...subject, question: behind, answer: answerPooledBudget(behind) };
    io.stdout.write(values.json ? pooledBudgetJson(report) : pooledBudgetTerminal(report, style));
    return exitCodeOf(report.answer);
  },
};

function exitCodeOf({ verdict }: Pick<BudgetAnswer, 'verdict'>): ExitCode {
  return verdict === 'fits' ? EXIT_CODE.ok : EXIT_CODE.thresholdNotMet;
}

function problemsBetween(
  values: OptionValues<typeof BUDGET_OPTIONS>,
  problems: readonly Problem[],
): Problem[] {
  const wrong = new Set(problems.map(({ field }) => field));
  const sound = (...fields: readonly string[]): boolean => fields.every((f) => !wrong.has(f));
  const found: Problem[] = [];
  const reserved = values.superuserReserved + values.reserved;
  if (
    sound('--superuser-reserved', '--reserved', '--max-connections') &&
    reserved >= values.maxConnections
  ) {
    found.push({
      field: '--superuser-reserved + --reserved',
      value: `${values.superuserReserved} + ${values.reserved}`,
      source: '--superuser-reserved + --reserved',
      problem: `reserve every slot of max_connections ${values.maxConnections}`,
      remedy: `give --max-connections ${reserved + 1} or more, or reserve less`,
    });
  }
  if (
    sound('--hpa-max', '--replicas') &&
    values.hpaMax !== null &&
    values.hpaMax < values.replicas
  ) {
    found.push({
      field: '--hpa-max',
      value: String(values.hpaMax),
      source: '--hpa-max',
      problem: `is below --replicas ${values.replicas}`,
      remedy: `give ${values.replicas} or more`,
    });
  }
  return found;
}
