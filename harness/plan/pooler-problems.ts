import type { DATABASE_OPTIONS } from './database-options.ts';
import type { OptionSources, OptionValues, Problem } from './option-table.ts';
import { PLAN_OPTIONS } from './run-options.ts';

/** Sent by the driver when it connects, where PgBouncer knows no such parameter and refuses the connection. */
const STARTUP_SETTINGS = {
  statementTimeout: 'statement_timeout',
  lockTimeout: 'lock_timeout',
  idleInTransactionTimeout: 'idle_in_transaction_session_timeout',
} as const;
const STARTUP_OPTIONS = ['statementTimeout', 'lockTimeout', 'idleInTransactionTimeout'] as const;

type Table = Pick<typeof PLAN_OPTIONS, 'pooler' | (typeof STARTUP_OPTIONS)[number]> &
  Pick<typeof DATABASE_OPTIONS, 'apiVia'>;

/**
 * What a pooler of the lab's own does not go together with.
 *
 * @param target of an API that is to be driven; `null`: one is started
 */
export function poolerProblems(
  values: OptionValues<Table>,
  sources: OptionSources<Table>,
  target: string | null,
): readonly Problem[] {
  const { pooler, apiVia } = values;
  if (pooler === 'none') return [];
  const problems: Problem[] = STARTUP_OPTIONS.filter((name) => values[name] > 0).map((name) => ({
    field: `--${PLAN_OPTIONS[name].flag}`,
    value: PLAN_OPTIONS[name].parser.print(values[name]),
    source: sources[name],
    problem: 'is sent as a startup parameter, which PgBouncer refuses',
    remedy: `leave it out, and have the server set it: --pg-setting ${STARTUP_SETTINGS[name]}=${values[name]} (in ms), or ALTER ROLE … SET on one that runs already`,
  }));
  if (apiVia !== null) {
    problems.push({
      field: '--pooler, --api-via',
      value: `${pooler}, ${apiVia.host}:${apiVia.port}`,
      source: `${sources.pooler}, ${sources.apiVia}`,
      problem: 'put two poolers between the API and the database',
      remedy: 'leave one of them out',
    });
  }
  if (target !== null) {
    problems.push({
      field: '--pooler',
      value: pooler,
      source: sources.pooler,
      problem: 'comes too late: the API of --target is connected already',
      remedy: 'leave it out, or start that API with it: pool-lab up --pooler pgbouncer',
    });
  }
  return problems;
}
