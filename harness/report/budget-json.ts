import type { BudgetReport } from './budget-terminal.ts';
import { CURRENT_POSTGRES, firstLine } from './budget-terminal.ts';
import { refusalWord } from './refusal-words.ts';

export const BUDGET_JSON_VERSION = 1;

/** One JSON document, not rounded; `null` stands for unlimited where a number of connections is. */
export function budgetJson(report: BudgetReport): string {
  const { question, answer, preset } = report;
  const { deployment, slots, dialect } = question;
  const document = {
    schemaVersion: BUDGET_JSON_VERSION,
    verdict: answer.verdict,
    answer: firstLine(report),
    preset: preset?.name ?? null,
    deployment: { ...deployment, workersAssumed: !report.workersGiven },
    slots,
    dialect,
    usable: answer.budget.usable,
    situations: answer.budget.situations,
    refusal: {
      sqlstate: '53300',
      reason: answer.refusal,
      message: refusalWord(answer.refusal, CURRENT_POSTGRES),
    },
    largestNow: answer.largestNow,
    largestSafe: answer.largestSafe,
    maxConnectionsNeeded: answer.budget.maxConnectionsNeeded,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
