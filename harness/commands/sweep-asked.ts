import { givenConfigFile } from '../config-file.ts';
import type { DatabaseAsked } from '../plan/database-asked.ts';
import type { OptionTable, RawEnv, RawFlags } from '../plan/option-table.ts';
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
  | { readonly kind: 'resume'; readonly plan: SweepPlan | null; readonly from: string }
);

/**
 * A run that is gone on with has its plan. A file of settings or variables that happen to be there say
 * nothing about it then: only flags ask for a plan, and are then read with all the rest.
 *
 * @throws LabError CONFIG_INVALID
 */
export async function askedSweep(flags: RawFlags, env: RawEnv): Promise<AskedSweep> {
  const planAsked = [...Object.keys(SWEEP_PLAN_OPTIONS), 'config'].some(
    (name) => flags[name] !== undefined,
  );
  const stored = flags['resume'] !== undefined && !planAsked;
  const parsed = stored
    ? parseSweepPlan({ flags, env: variablesOf(SWEEP_CALL_OPTIONS, env), file: null })
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
    : { ...asked, kind: 'resume', plan: stored ? null : plan, from: resume };
}

function variablesOf(table: OptionTable, env: RawEnv): RawEnv {
  const names = Object.values(table).flatMap((option) => option.env ?? []);
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}
