import type { MeasuredTrial } from '../analysis/trial-result.ts';
import { formatCount, formatMs, formatShare, plural } from './format.ts';
import { poolerText } from './pooler-text.ts';
import type { ReportLine } from './report-line.ts';

/** What stood between API and PostgreSQL, by its own account, and how statements went through it. */
export function trialPoolerLines(trial: MeasuredTrial): readonly ReportLine[] {
  return [...readingLines(trial), ...statementLines(trial)];
}

function readingLines({ plan, pooler }: MeasuredTrial): readonly ReportLine[] {
  if (plan.pooler === null) return [];
  const asked = poolerText(plan.pooler);
  if (pooler === null) {
    return [{ label: 'POOLER', text: `PgBouncer, ${asked}; its console told nothing` }];
  }
  const {
    clientsActivePeak,
    clientsWaitingPeak,
    clientsWaitingMean,
    maxWaitMs,
    serversPeak,
    transactions,
    waitMs,
    transactionMs,
  } = pooler;
  const waited =
    clientsWaitingPeak === 0
      ? 'none seen waiting'
      : `${formatCount(clientsWaitingPeak)} waiting (${clientsWaitingMean.toFixed(1)} on average, ${formatMs(maxWaitMs)} at longest)`;
  // Its transactions begin with the client's statement, so that the wait is a part of them.
  const each =
    transactions === 0 || transactionMs === 0
      ? ''
      : `, ${formatMs(transactionMs / transactions)} each, ${formatShare(Math.min(1, waitMs / transactionMs))} of that waiting in it for a connection`;
  return [
    { label: 'POOLER', text: `PgBouncer ${pooler.version}, ${asked}` },
    {
      label: '',
      text: `clients: at most ${formatCount(clientsActivePeak)} served or idle, ${waited}`,
    },
    {
      label: '',
      text: `connections to PostgreSQL: at most ${formatCount(serversPeak)}; ${plural(transactions, 'transaction')}${each}`,
    },
  ];
}

/** Only what differs from what everybody expects, or does not go together. */
function statementLines({ api, plan }: MeasuredTrial): readonly ReportLine[] {
  // What a service sends is its own.
  if (plan.service !== null) return [];
  const { preparedStatements: named, statementsProblem: problem } = api;
  if (!named) {
    const why = problem === null ? 'as asked for' : problem;
    return [
      {
        label: 'STATEMENTS',
        text: `named statements off: ${why}; parsed and planned anew each time`,
      },
    ];
  }
  if (problem === null) return [];
  return [
    {
      label: 'STATEMENTS',
      text: `named statements on, as asked for, though ${problem}: those fail by 42P05 and 26000`,
    },
  ];
}
