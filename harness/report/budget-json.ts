import type { BudgetAnswer, BudgetVerdict } from '../sizing/budget-answer.ts';
import { type BudgetReport, firstLine } from './budget-terminal.ts';
import { type BudgetSubject, CURRENT_POSTGRES } from './budget-words.ts';
import { type PooledBudgetReport, pooledFirstLine } from './pooled-budget-terminal.ts';
import { refusalWord } from './refusal-words.ts';

export const BUDGET_JSON_VERSION = 1;

/** One JSON document, not rounded; `null` stands for unlimited where a number of connections is. */
export function budgetJson(report: BudgetReport): string {
  const { usable, situations, maxConnectionsNeeded } = report.answer.budget;
  return jsonOf({
    ...headOf(report, report.answer.verdict, firstLine(report)),
    pooler: null,
    usable,
    situations,
    ...tailOf(report.answer),
    maxConnectionsNeeded,
  });
}

/** Behind a pooler each situation has its clients too, and which limits it exceeds. */
export function pooledBudgetJson(report: PooledBudgetReport): string {
  const { pooler, keepsConnections } = report.question;
  const { perProcessNow: _now, perProcessSafe: _safe, ...budget } = report.answer.budget;
  return jsonOf({
    ...headOf(report, report.answer.verdict, pooledFirstLine(report)),
    pooler: { ...pooler, keepsConnections },
    ...budget,
    ...tailOf(report.answer),
  });
}

function headOf(
  { question, preset, workersGiven }: BudgetSubject,
  verdict: BudgetVerdict,
  answer: string,
): object {
  const { deployment, slots, dialect } = question;
  return {
    schemaVersion: BUDGET_JSON_VERSION,
    verdict,
    answer,
    preset: preset?.name ?? null,
    deployment: { ...deployment, workersAssumed: !workersGiven },
    slots,
    dialect,
  };
}

function tailOf({
  refusal,
  largestNow,
  largestSafe,
}: Pick<BudgetAnswer, 'refusal' | 'largestNow' | 'largestSafe'>): object {
  const message = refusalWord(refusal, CURRENT_POSTGRES);
  return { refusal: { sqlstate: '53300', reason: refusal, message }, largestNow, largestSafe };
}

function jsonOf(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
