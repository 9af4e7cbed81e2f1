import { givenConfigFile } from '../config-file.ts';
import type { DatabaseAsked } from '../plan/database-asked.ts';
import { type OptionTable, type RawEnv, type RawFlags, readOptions } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import {
  SERVICE_START_OPTIONS,
  type ServiceStart,
  serviceStartAsked,
} from '../plan/service-start.ts';
import { parseSweepPlan } from '../plan/sweep/parse-sweep-plan.ts';
import { SWEEP_CALL_OPTIONS, SWEEP_PLAN_OPTIONS } from '../plan/sweep/sweep-options.ts';
import type { SweepPlan } from '../plan/sweep/sweep-plan.ts';
import { shellWord } from '../report/sweep/shell-word.ts';
import { readSqlFile } from '../sql-file.ts';

/** What the user wants of this invocation. */
export type AskedSweep = {
  /** Parent of the lab's own directory. */
  readonly labParent: string;
  /** Where that was given by a flag: what repeats it, to be added to a command; else empty. */
  readonly placeFlags: string;
  /** Of the harness's own metrics; 0 lets the system choose, `null`: they are not served. */
  readonly metricsPort: number | null;
  /** Which PostgreSQL. */
  readonly database: DatabaseAsked;
  readonly json: boolean;
  readonly warnings: readonly string[];
} & (
  | { readonly kind: 'new'; readonly plan: SweepPlan; readonly out: string | null }
  /** `plan`: what the stored one is to be compared with; `null`: nothing was asked for. */
  | {
      readonly kind: 'resume';
      readonly plan: SweepPlan | null;
      /** The program that was given once more without the rest of its plan; `null`: none was. */
      readonly program: ServiceStart | null;
      readonly from: string;
    }
);

/**
 * A run that is gone on with has its plan. A file of settings or variables that happen to be there say
 * nothing about it then: only flags ask for a plan, and are then read with all the rest.
 *
 * @throws LabError CONFIG_INVALID
 */
export async function askedSweep(flags: RawFlags, env: RawEnv): Promise<AskedSweep> {
  const program = flags['resume'] === undefined ? null : programAsked(flags);
  const planAsked = [...Object.keys(SWEEP_PLAN_OPTIONS), 'config'].some(
    (name) => flags[name] !== undefined && !(program !== null && name in SERVICE_START_OPTIONS),
  );
  const stored = flags['resume'] !== undefined && !planAsked;
  const parsed = stored
    ? parseSweepPlan({
        flags: withoutProgram(flags),
        env: variablesOf(SWEEP_CALL_OPTIONS, env),
        file: null,
      })
    : parseSweepPlan({
        flags,
        env,
        file: await givenConfigFile({ flags, env }),
        readSql: readSqlFile,
      });
  const { plan, out, resume, directory, metricsPort, database, json, warnings } = parsed;
  const asked = {
    labParent: directory,
    placeFlags: flags['directory'] === undefined ? '' : ` --directory ${shellWord(directory)}`,
    metricsPort,
    database,
    json,
    warnings,
  };
  return resume === null
    ? { ...asked, kind: 'new', plan, out }
    : { ...asked, kind: 'resume', plan: stored ? null : plan, program, from: resume };
}

/**
 * What is started, where that alone was said: a run that is gone on with has the rest. `null`: no command was given.
 *
 * @throws LabError CONFIG_INVALID
 */
function programAsked(flags: RawFlags): ServiceStart | null {
  if (flags['command'] === undefined) return null;
  const { values, problems } = readOptions(SERVICE_START_OPTIONS, { flags, env: {} });
  if (problems.length > 0) throw problemError(problems, 'sweep');
  return serviceStartAsked(values);
}

function withoutProgram(flags: RawFlags): RawFlags {
  return Object.fromEntries(
    Object.entries(flags).filter(([name]) => !(name in SERVICE_START_OPTIONS)),
  );
}

function variablesOf(table: OptionTable, env: RawEnv): RawEnv {
  const names = Object.values(table).flatMap((option) => option.env ?? []);
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}
