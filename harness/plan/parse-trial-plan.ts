import {
  type DatabaseAsked,
  databaseAsked,
  databaseProblems,
  databaseWarnings,
  givenServerSettings,
} from './database-asked.ts';
import { deepFreeze } from './deep-freeze.ts';
import { distanceProblems } from './distance-options.ts';
import { faultProblems } from './fault-problems.ts';
import { idleOptionWarnings } from './idle-options.ts';
import { loadProblems } from './load-problems.ts';
import {
  type OptionTable,
  type Problem,
  type RawEnv,
  type RawFlags,
  type ReadOptions,
  readOptions,
  SOURCE_DEFAULT,
  unknownVariableWarnings,
} from './option-table.ts';
import { REQUESTS_WORKLOAD } from './plan-workload.ts';
import { poolerProblems } from './pooler-problems.ts';
import { problemError } from './problem-error.ts';
import type { RequestPlan } from './request-mix.ts';
import { noData, requestsAsked } from './requests/requests-asked.ts';
import { RUN_OPTIONS } from './run-options.ts';
import { hasDatabaseInSight, runningService, runningServiceProblems } from './running-service.ts';
import type { Service } from './service.ts';
import { planOfService, serviceAsked } from './service-asked.ts';
import { passedProblems, serviceProblems } from './service-problems.ts';
import { shapeProblems, slotProblems } from './setting-problems.ts';
import { NO_SQL_FILES, type ReadSqlFile, sqlAsked } from './sql-asked.ts';
import type { SqlPlan } from './sql-plan.ts';
import { oneTrialOfFile } from './sweep/one-trial-of-file.ts';
import type { SettingsFile } from './sweep/settings-file.ts';
import { settingsOfFile } from './sweep/settings-of-file.ts';
import { type TargetAsked, targetAsked, targetProblems } from './target-asked.ts';
import { thresholdProblems } from './thresholds/threshold-problems.ts';
import type { Sight } from './thresholds/threshold-sight.ts';
import { transportProblems } from './transport-problems.ts';
import { type TrialPlan, trialPlanSchema } from './trial-plan.ts';
import { trialPlanOf } from './trial-plan-of.ts';
import { paramProblems } from './workload-params.ts';
import { writtenSecretWarnings } from './written-secrets.ts';

export interface ParsedTrialPlan {
  readonly plan: TrialPlan;
  /** Where the API listens, and under which names it answers. */
  readonly ports: {
    /** 0 lets the system choose. */
    readonly port: number;
    readonly adminPort: number;
    readonly listen: string;
    readonly allowedHosts: readonly string[];
  };
  /** Of the harness's own metrics; 0 lets the system choose, `null`: they are not served. */
  readonly metricsPort: number | null;
  /** Which PostgreSQL; of one that runs already the plan's settings are to be replaced by its own. */
  readonly database: DatabaseAsked;
  /** The API that runs already and is to be driven; `null`: one is started. */
  readonly target: TargetAsked | null;
  /** The result goes to stdout as JSON. */
  readonly json: boolean;
  /** Parent of the lab's own directory. */
  readonly directory: string;
  /** Trials of this plan, one after the other. */
  readonly rounds: number;
  /** Sentences for stderr: what was given and changes nothing. */
  readonly warnings: readonly string[];
}

type PlanTable = typeof RUN_OPTIONS;

/**
 * Flags before `POOL_LAB_*` variables before the file before defaults, checked and frozen.
 *
 * @throws LabError CONFIG_INVALID naming every problem at once.
 */
export function parseTrialPlan(given: {
  readonly flags: RawFlags;
  readonly env: RawEnv;
  /** The command whose help a remedy points to. @default `run` */
  readonly command?: string;
  /** Options of the command beside those of a trial: their variables are not unknown. */
  readonly further?: OptionTable;
  /** Settings as a sweep has them; `null` where there are none. @default null */
  readonly file?: SettingsFile | null;
  /** @default none can be read */
  readonly readSql?: ReadSqlFile;
}): ParsedTrialPlan {
  const { flags, env, file = null } = given;
  const command = given.command ?? 'run';
  const ofFile = settingsOfFile(file);
  const one = oneTrialOfFile(ofFile.texts, given);
  const read = readOptions(RUN_OPTIONS, { flags, env, file: one.texts });
  const asked = requestsAsked({
    file: ofFile.requests,
    isService: read.sources.command !== SOURCE_DEFAULT || serviceOf(read, command) !== null,
    readData: file?.readData ?? noData,
    lines: { templates: read.values.request, source: read.sources.request },
    env,
  });
  const sql = sqlAsked({ ...read.values, workloads: [read.values.workload] }, read.sources, {
    readSql: given.readSql ?? NO_SQL_FILES,
    settingsFile: file?.name ?? null,
  });
  const problems = [
    ...ofFile.problems,
    ...one.problems,
    ...read.problems,
    ...asked.problems,
    ...sql.problems,
    ...problemsBetween(read),
    ...loadProblems(read),
    ...thresholdProblems(read, sightOf(read, command)),
    ...databaseProblems(read.values, read.sources),
    ...transportProblems(read.values, read.sources),
    ...poolerProblems(read.values, read.sources, command === 'run' ? read.values.target : null),
    ...passedProblems(read.values, read.sources, env),
    ...serviceProblems(read.values, read.sources, {
      command,
      poolKinds: [read.values.poolKind],
      axes: {
        workers: [read.values.workers],
        poolSize: [read.values.poolSize],
        maxOverflow: [read.values.maxOverflow],
      },
      runs: command === 'run' && runningService(read.values, read.sources) !== null,
    }),
    ...(command === 'run'
      ? [
          ...targetProblems(read.values, read.sources),
          ...runningServiceProblems(read.values, read.sources, read.texts),
        ]
      : []),
  ];
  if (problems.length > 0) throw problemError(problems, command);
  return {
    plan: deepFreeze(
      trialPlanSchema.parse(planAsked(read, { command, requests: asked.requests, sql: sql.plan })),
    ),
    ports: {
      port: read.values.port,
      adminPort: read.values.adminPort,
      listen: read.values.listen,
      allowedHosts: read.values.allowedHost,
    },
    metricsPort: read.values.metricsPort,
    target: command === 'run' ? targetAsked(read.values, read.sources) : null,
    database: databaseAsked(read.values, givenServerSettings(read)),
    json: read.values.json,
    directory: read.values.directory,
    rounds: read.values.rounds,
    warnings: [
      ...unknownVariableWarnings({ ...RUN_OPTIONS, ...given.further }, env),
      ...one.warnings,
      ...asked.warnings,
      ...sql.warnings,
      ...writtenSecretWarnings(read.values.env, read.sources.env),
      ...idleOptionWarnings(read, command),
      ...databaseWarnings(read.values, read.sources),
    ],
  };
}

function planAsked(
  read: ReadOptions<PlanTable>,
  {
    command,
    requests,
    sql,
  }: {
    readonly command: string;
    readonly requests: RequestPlan | null;
    readonly sql: SqlPlan | null;
  },
): TrialPlan {
  const { values, sources } = read;
  const plan = { ...trialPlanOf(values), sql };
  const service = serviceOf(read, command);
  return service === null ? plan : planOfService(plan, service, { values, sources, requests });
}

function serviceOf(
  { values, sources }: Pick<ReadOptions<PlanTable>, 'values' | 'sources'>,
  command: string,
): Service | null {
  const running = command === 'run' ? runningService(values, sources) : null;
  return running ?? serviceAsked(values, sources);
}

/** Of what runs already and of its database no more than somebody said. */
function sightOf({ values, sources }: ReadOptions<PlanTable>, command: string): Sight {
  const runs = command === 'run' && runningService(values, sources) !== null;
  const service = runs ? 'running' : values.command === null ? null : 'command';
  return { service, database: !runs || hasDatabaseInSight(values, sources) };
}

/** What only two values together get wrong. Fields that are wrong on their own are left out. */
function problemsBetween({ values, sources, problems }: ReadOptions<PlanTable>): Problem[] {
  const wrong = new Set(problems.map((problem) => problem.field));
  const sound = (...fields: readonly string[]): boolean => fields.every((f) => !wrong.has(f));
  const found: Problem[] = [];
  if (sound('--pool-size', '--max-overflow')) found.push(...shapeProblems(values, sources));
  found.push(
    ...portProblems(
      [
        { flag: '--port', port: values.port, source: sources.port },
        { flag: '--admin-port', port: values.adminPort, source: sources.adminPort },
        { flag: '--metrics-port', port: values.metricsPort ?? 0, source: sources.metricsPort },
      ].filter(({ flag }) => sound(flag)),
    ),
  );
  if (sound('--superuser-reserved', '--reserved', '--max-connections')) {
    found.push(...slotProblems(values, sources));
  }
  if (sound('--db-rtt', '--db-jitter')) found.push(...distanceProblems(values, sources));
  if (sound('--db-fault', '--duration', '--stages')) found.push(...faultProblems(values, sources));
  if (sound('--workload', '--param')) {
    const { workload, param, command } = values;
    const workloads = command === null ? [workload] : [REQUESTS_WORKLOAD];
    found.push(...paramProblems({ workloads, params: param, source: sources.param }));
  }
  return found;
}

/** Every two that were given as one. */
function portProblems(
  asked: readonly { readonly flag: string; readonly port: number; readonly source: string }[],
): Problem[] {
  return asked.flatMap((one, index) =>
    asked
      .slice(index + 1)
      .filter(({ port }) => port !== 0 && port === one.port)
      .map((other) => ({
        field: `${one.flag}, ${other.flag}`,
        value: `${one.port}, ${other.port}`,
        source: `${one.source}, ${other.source}`,
        problem: 'are the same port',
        remedy: 'give two different ones, or 0 for any free one',
      })),
  );
}
