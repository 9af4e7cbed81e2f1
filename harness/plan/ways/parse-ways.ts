import {
  type DatabaseAsked,
  databaseAsked,
  databaseProblems,
  databaseWarnings,
  givenServerSettings,
} from '../database-asked.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { distanceProblems } from '../distance-options.ts';
import { idleOptionWarnings } from '../idle-options.ts';
import { loadProblems } from '../load-problems.ts';
import {
  type OptionValues,
  type Problem,
  type RawEnv,
  type RawFlags,
  type ReadOptions,
  readOptions,
  SOURCE_DEFAULT,
  unknownVariableWarnings,
} from '../option-table.ts';
import { problemError } from '../problem-error.ts';
import { PLAN_OPTIONS } from '../run-options.ts';
import { shapeProblems, slotProblems } from '../setting-problems.ts';
import { type TrialPlan, trialPlanSchema } from '../trial-plan.ts';
import { trialPlanOf } from '../trial-plan-of.ts';
import { paramProblems } from '../workload-params.ts';
import { WAYS_OPTIONS } from './ways-options.ts';
import type { WaysAsked } from './ways-plan.ts';

export interface ParsedWays {
  /** The pool alone; the other ways are planned from it when the database's own settings are known. */
  readonly base: TrialPlan;
  readonly asked: WaysAsked;
  readonly rounds: number;
  readonly database: DatabaseAsked;
  /** Parent of the lab's own directory. */
  readonly directory: string;
  readonly json: boolean;
  /** Sentences for stderr: what was given and changes nothing. */
  readonly warnings: readonly string[];
}

const COMMAND = 'pgbouncer';

/**
 * Flags before `POOL_LAB_*` variables before defaults, checked and frozen.
 *
 * @throws LabError CONFIG_INVALID naming every problem at once.
 */
export function parseWays(given: { readonly flags: RawFlags; readonly env: RawEnv }): ParsedWays {
  const read = readOptions(WAYS_OPTIONS, given);
  const { values, sources } = read;
  // No choice here: a PgBouncer of somebody else's would be on the ways that are to have none, and the lab's
  // own is spoken with over plain TCP.
  const database = { ...values, apiVia: null, dbTransport: 'tcp' as const };
  const databaseSources = { ...sources, apiVia: SOURCE_DEFAULT, dbTransport: SOURCE_DEFAULT };
  const problems = [
    ...read.problems,
    ...problemsBetween(read),
    ...loadProblems(read),
    ...databaseProblems(database, databaseSources),
  ];
  if (problems.length > 0) throw problemError(problems, COMMAND);
  const trial = trialValues(values);
  return {
    base: deepFreeze(trialPlanSchema.parse(trialPlanOf(trial))),
    asked: {
      smallPoolSize: values.smallPoolSize,
      pooler: {
        mode: values.poolerMode,
        size: values.poolerSize,
        reserve: values.poolerReserve,
        clients: values.poolerClients,
      },
    },
    rounds: values.rounds,
    database: databaseAsked(database, givenServerSettings(read)),
    directory: values.directory,
    json: values.json,
    warnings: [
      ...unknownVariableWarnings(WAYS_OPTIONS, given.env),
      ...databaseWarnings(database, databaseSources),
      ...idleOptionWarnings({ values: { ...trial, pooler: 'pgbouncer' }, sources }, COMMAND),
    ],
  };
}

/** Of the options that a trial has and this comparison has not, their defaults: a pool, and no pooler. */
function trialValues(values: OptionValues<typeof WAYS_OPTIONS>): OptionValues<typeof PLAN_OPTIONS> {
  const { values: defaults } = readOptions(PLAN_OPTIONS, { flags: {}, env: {} });
  const { poolerSize: _size, poolerClients: _clients, ...rest } = values;
  return { ...defaults, ...rest };
}

/** What only two values together get wrong. Fields that are wrong on their own are left out. */
function problemsBetween({
  values,
  sources,
  problems,
}: ReadOptions<typeof WAYS_OPTIONS>): readonly Problem[] {
  const wrong = new Set(problems.map(({ field }) => field));
  const sound = (...fields: readonly string[]): boolean => fields.every((it) => !wrong.has(it));
  const { workload, param } = values;
  return [
    ...(sound('--pool-size', '--max-overflow') ? shapeProblems(values, sources) : []),
    ...(sound('--superuser-reserved', '--reserved', '--max-connections')
      ? slotProblems(values, sources)
      : []),
    ...(sound('--db-rtt', '--db-jitter') ? distanceProblems(values, sources) : []),
    ...(sound('--workload', '--param')
      ? paramProblems({ workloads: [workload], params: param, source: sources.param })
      : []),
  ];
}
