import {
  type DatabaseAsked,
  databaseAsked,
  databaseProblems,
  databaseSettings,
  databaseWarnings,
  givenServerSettings,
} from '../database-asked.ts';
import { deepFreeze } from '../deep-freeze.ts';
import { idleOptionWarnings } from '../idle-options.ts';
import {
  type OptionTable,
  type Problem,
  type RawEnv,
  type RawFlags,
  type ReadOptions,
  readOptions,
  SOURCE_DEFAULT,
  unknownVariableWarnings,
} from '../option-table.ts';
import { poolerProblems } from '../pooler-problems.ts';
import { problemError } from '../problem-error.ts';
import type { RequestPlan } from '../request-mix.ts';
import { noData, requestsAsked } from '../requests/requests-asked.ts';
import { planOfService, serviceAsked } from '../service-asked.ts';
import { passedProblems, serviceProblems } from '../service-problems.ts';
import { NO_SQL_FILES, type ReadSqlFile, sqlAsked } from '../sql-asked.ts';
import type { SqlPlan } from '../sql-plan.ts';
import { transportProblems } from '../transport-problems.ts';
import { trialPlanOf } from '../trial-plan-of.ts';
import { writtenSecretWarnings } from '../written-secrets.ts';
import type { SettingsFile } from './settings-file.ts';
import { settingsOfFile } from './settings-of-file.ts';
import { SWEEP_OPTIONS, SWEEP_PLAN_OPTIONS } from './sweep-options.ts';
import { SWEEP_PLAN_SCHEMA_VERSION, type SweepPlan, sweepPlanSchema } from './sweep-plan.ts';
import { sweepProblems } from './sweep-problems.ts';
import { axesOf, firstTrialOf, type SweepValues } from './sweep-values.ts';

export interface ParsedSweepPlan {
  readonly plan: SweepPlan;
  /** Every setting with its value, where that came from and how it was written. */
  readonly read: ReadOptions<typeof SWEEP_OPTIONS>;
  /** Where the file says what is asked of the service; `null`: nowhere, or a flag goes before it. */
  readonly requestsInFile: string | null;
  /** Flags of the plan that were given, whether or not they say what the default says. */
  readonly planSettingsGiven: readonly string[];
  /** Which PostgreSQL; of one that runs already the plan's settings are to be replaced by its own. */
  readonly database: DatabaseAsked;
  /** A new directory for the run, or `null` for a dated one. */
  readonly out: string | null;
  /** The run to go on with, or `null`. */
  readonly resume: string | null;
  /** Of the harness's own metrics; 0 lets the system choose, `null`: they are not served. */
  readonly metricsPort: number | null;
  /** Parent of the lab's own directory. */
  readonly directory: string;
  /** The result goes to stdout as JSON. */
  readonly json: boolean;
  /** Sentences for stderr: what was given and changes nothing. */
  readonly warnings: readonly string[];
}

/**
 * Flags before `POOL_LAB_*` variables before the file before defaults, checked and frozen.
 *
 * @throws LabError CONFIG_INVALID naming every problem at once.
 */
export function parseSweepPlan(given: {
  readonly flags: RawFlags;
  readonly env: RawEnv;
  /** `null` where there is none. */
  readonly file: SettingsFile | null;
  /** @default none can be read */
  readonly readSql?: ReadSqlFile;
  /** The command whose help a remedy points to. @default `sweep` */
  readonly command?: string;
}): ParsedSweepPlan {
  const { flags, env, command = 'sweep' } = given;
  const file = settingsOfFile(given.file);
  const read = readOptions(SWEEP_OPTIONS, { flags, env, file: file.texts });
  const asked = requestsAsked({
    file: file.requests,
    // A command that could not be read is a problem already, and not missing.
    isService: read.sources.command !== SOURCE_DEFAULT,
    readData: given.file?.readData ?? noData,
    lines: { templates: read.values.request, source: read.sources.request },
    env,
  });
  const sql = sqlAsked(
    { ...read.values, workloads: read.values.workload, target: null },
    read.sources,
    { readSql: given.readSql ?? NO_SQL_FILES, settingsFile: given.file?.name ?? null },
  );
  const own = [...file.problems, ...read.problems, ...asked.problems, ...sql.problems];
  const problems: readonly Problem[] = [
    ...own,
    ...sweepProblems({ ...read, problems: own }),
    ...callProblems(read),
    ...databaseProblems(read.values, read.sources),
    ...transportProblems(read.values, read.sources),
    ...poolerProblems(read.values, read.sources, null),
    ...passedProblems(read.values, read.sources, env),
    ...serviceProblems(read.values, read.sources, {
      command,
      poolKinds: read.values.poolKind,
      axes: read.values,
      runs: false,
    }),
  ];
  if (problems.length > 0) throw problemError(problems, command);
  const { values, sources } = read;
  const first = firstTrialOf(values);
  // One cell with a network is enough for its options to mean something.
  const farthest = { ...first, dbRtt: Math.max(...values.dbRtt) };
  return {
    plan: deepFreeze(
      sweepPlanSchema.parse({
        schemaVersion: SWEEP_PLAN_SCHEMA_VERSION,
        ...plannedCells(read, first, { requests: asked.requests, sql: sql.plan }),
        rounds: values.rounds,
        predictedSurge: values.surge,
        settings: {
          ...settingsOf(read),
          ...databaseSettings(databaseAsked(values, [])),
          // No flag could say them: whoever measures the same needs the file.
          ...(asked.inFile !== null && given.file !== null ? { config: [given.file.name] } : {}),
        },
      }),
    ),
    read,
    requestsInFile: asked.inFile,
    planSettingsGiven: Object.entries(SWEEP_PLAN_OPTIONS).flatMap(([name, { flag }]) =>
      sourceOf(sources, name) === SOURCE_DEFAULT ? [] : [`--${flag}`],
    ),
    database: databaseAsked(values, givenServerSettings(read)),
    out: values.out,
    resume: values.resume,
    metricsPort: values.metricsPort,
    directory: values.directory,
    json: values.json,
    warnings: [
      ...unknownVariableWarnings(SWEEP_OPTIONS, env),
      ...asked.warnings,
      ...sql.warnings,
      ...writtenSecretWarnings(values.env, sources.env),
      ...idleOptionWarnings({ values: farthest, sources }, command, values.poolKind),
      ...databaseWarnings(values, sources),
      ...repeatedCellWarnings(values),
      ...surgeWarnings(values, sources),
    ],
  };
}

/** The axes, and what all cells have in common; a service has the shape that it is told. */
function plannedCells(
  { values, sources }: ReadOptions<typeof SWEEP_OPTIONS>,
  first: ReturnType<typeof firstTrialOf>,
  { requests, sql }: { readonly requests: RequestPlan | null; readonly sql: SqlPlan | null },
): Pick<SweepPlan, 'axes' | 'base'> {
  const axes = axesOf(values);
  const base = { ...trialPlanOf(first), sql };
  const service = serviceAsked(first, sources);
  if (service === null) return { axes, base };
  const served = planOfService(base, service, { values: first, sources, requests });
  return {
    base: served,
    axes: {
      ...axes,
      workload: [served.workload],
      workers: served.workers === base.workers ? axes.workers : [served.workers],
      maxOverflow:
        served.pool.maxOverflow === base.pool.maxOverflow
          ? axes.maxOverflow
          : [served.pool.maxOverflow],
    },
  };
}

function callProblems({ values, sources }: ReadOptions<typeof SWEEP_OPTIONS>): readonly Problem[] {
  if (values.out === null || values.resume === null) return [];
  return [
    {
      field: '--out, --resume',
      value: `${values.out}, ${values.resume}`,
      source: `${sources.out}, ${sources.resume}`,
      problem: 'ask for a new run and for an old one at once',
      remedy: 'leave --out out to go on with the old one',
    },
  ];
}

/** A service is replaced as a whole. */
function surgeWarnings(
  { command }: SweepValues,
  { surge }: { readonly surge: string },
): readonly string[] {
  return command === null || surge === SOURCE_DEFAULT
    ? []
    : [`${surge} changes nothing with --command: in a deploy a service is there twice`];
}

function repeatedCellWarnings({ poolSize, maxOverflow, poolKind }: SweepValues): readonly string[] {
  const repeated = poolSize.includes(0) && maxOverflow.length > 1;
  return repeated && poolKind.some((kind) => kind !== 'null')
    ? ['--pool-size unlimited is the same at every --max-overflow, and is measured at each']
    : [];
}

/** What differs from the defaults, by its flag, as it was written; a switch, which a flag has no text for, as yes. */
function settingsOf(read: ReadOptions<typeof SWEEP_OPTIONS>): Record<string, string[]> {
  const table: OptionTable = SWEEP_PLAN_OPTIONS;
  const values: Readonly<Record<string, unknown>> = read.values;
  const texts: Readonly<Record<string, readonly string[]>> = read.texts;
  return Object.fromEntries(
    Object.entries(table).flatMap(([name, { flag, parser, defaultValue }]) =>
      parser.print(values[name]) === parser.print(defaultValue)
        ? []
        : [
            [
              flag,
              parser.placeholder === null ? [parser.print(values[name])] : [...(texts[name] ?? [])],
            ],
          ],
    ),
  );
}

function sourceOf(sources: Readonly<Record<string, string>>, name: string): string {
  return sources[name] ?? SOURCE_DEFAULT;
}
