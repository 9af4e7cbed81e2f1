import { z } from 'zod';
import { LIMITS, SCRIPT_LIMITS, type ScriptSet } from '../../server/contract.ts';
import { type PlanWorkload, REQUESTS_WORKLOAD, scriptsOfWorkload } from './plan-workload.ts';
import { compileScript, SCRIPT_CHARACTERS_MAX } from './script/compile-script.ts';

/** A file that is read again when it is needed: its text is not kept, its hash is. */
export const sqlFileSchema = z.strictObject({ path: z.string(), sha256: z.string() });
export type SqlFile = Readonly<z.infer<typeof sqlFileSchema>>;

/** The user's own SQL of a plan. */
export const sqlPlanSchema = z.strictObject({
  /** Each once, by the name that the workload gives it, with all that is needed to run it again. */
  scripts: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        sha256: z.string(),
        text: z.string().max(SCRIPT_CHARACTERS_MAX),
      }),
    )
    .max(SCRIPT_LIMITS.scriptsMax),
  allowWrites: z.boolean(),
  /** 0: as long as it takes. */
  statementTimeoutMs: z.int().min(0).max(LIMITS.timeoutMsMax),
  /** Run in the database before the first trial, in this order; `null`: none. */
  schema: sqlFileSchema.nullable(),
  seed: sqlFileSchema.nullable(),
});
export type SqlPlan = Readonly<z.infer<typeof sqlPlanSchema>>;

/** Long enough for a report, and short enough that a mistake ends before the trial does. */
export const SQL_STATEMENT_TIMEOUT_MS = 30_000;

/** What of it a trial of this workload has to do with; `null`: nothing. */
export function sqlOf(sql: SqlPlan | null, workload: PlanWorkload): SqlPlan | null {
  if (sql === null || workload === REQUESTS_WORKLOAD) return sql;
  const named = scriptsOfWorkload(workload)?.map(({ name }) => name);
  if (named === undefined) return null;
  return { ...sql, scripts: sql.scripts.filter(({ name }) => named.includes(name)) };
}

/**
 * What the API runs; `null`: no script. That a script compiles was seen when the plan was made.
 *
 * @param options `readOnlySessions`: the role has not got it as its default
 */
export function scriptSetOf(
  { sql, workload }: { readonly sql: SqlPlan | null; readonly workload: PlanWorkload },
  { readOnlySessions }: { readonly readOnlySessions: boolean },
): ScriptSet | null {
  const weighted = scriptsOfWorkload(workload);
  if (weighted === null || sql === null) return null;
  const { allowWrites, statementTimeoutMs } = sql;
  return {
    scripts: weighted.map(({ name, weight }) => {
      const script = sql.scripts.find((it) => it.name === name);
      const compiled = script === undefined ? null : compileScript(script.text, { allowWrites });
      if (compiled?.ok !== true) throw new Error(`the plan has no script ${name} that compiles`);
      return { name, weight, commands: [...compiled.commands] };
    }),
    readOnlySessions: readOnlySessions && !allowWrites,
    statementTimeoutMs,
  };
}
