import type { DATABASE_OPTIONS } from './database-options.ts';
import {
  type OptionSources,
  type OptionValues,
  type Problem,
  SOURCE_DEFAULT,
} from './option-table.ts';
import type { PLAN_OPTIONS } from './run-options.ts';
import type { Service } from './service.ts';
import type { SERVICE_OPTIONS } from './service-options.ts';
import type { TARGET_OPTIONS } from './target-options.ts';

const SERVER_SETTINGS = ['maxConnections', 'superuserReserved', 'reserved', 'pgSetting'] as const;

type Table = typeof TARGET_OPTIONS &
  Pick<typeof SERVICE_OPTIONS, 'command' | 'serviceMetrics'> &
  Pick<typeof DATABASE_OPTIONS, 'postgres'> &
  Pick<typeof PLAN_OPTIONS, (typeof SERVER_SETTINGS)[number]>;
type Sources = Readonly<Record<'workers' | 'poolSize', string>>;

/** Which PostgreSQL is behind a service that runs already is known only where somebody says it. */
export function hasDatabaseInSight(
  values: Pick<OptionValues<Table>, 'target' | 'targetAdmin'>,
  sources: Pick<OptionSources<Table>, 'postgres'>,
): boolean {
  return !isRunningService(values) || sources.postgres !== SOURCE_DEFAULT;
}

/**
 * The service of the user's own that `--target` names; `null`: it names none, or an API of this project. Nothing
 * is filled in where nothing is started: what it is made up of is known only where both of its factors are told.
 */
export function runningService(
  values: Pick<OptionValues<Table>, 'target' | 'targetAdmin' | 'serviceMetrics'>,
  sources: Sources,
): Service | null {
  const { target, serviceMetrics } = values;
  if (target === null || !isRunningService(values)) return null;
  return {
    kind: 'running',
    origin: target,
    metricsPath: serviceMetrics,
    shapeKnown: sources.workers !== SOURCE_DEFAULT && sources.poolSize !== SOURCE_DEFAULT,
  };
}

/** What a service that runs already does not go together with. */
export function runningServiceProblems(
  values: OptionValues<Table>,
  sources: OptionSources<Table>,
  texts: Readonly<Record<(typeof SERVER_SETTINGS)[number], readonly string[]>>,
): readonly Problem[] {
  const { target, command, postgres } = values;
  if (target === null || !isRunningService(values)) return [];
  const problems: Problem[] = [];
  if (command !== null) {
    problems.push({
      field: '--command, --target',
      value: `${command}, ${target}`,
      source: `${sources.command}, ${sources.target}`,
      problem: 'name two services: one to be started, and one that runs',
      remedy: 'leave one of them out',
    });
  }
  if (postgres !== 'url' && hasDatabaseInSight(values, sources)) {
    problems.push({
      field: '--postgres',
      value: postgres,
      source: sources.postgres,
      problem: 'would start a PostgreSQL that the service of --target knows nothing of',
      remedy: 'leave it out, or use --postgres url with the address of its own in DATABASE_URL',
    });
  }
  if (!hasDatabaseInSight(values, sources)) {
    for (const name of SERVER_SETTINGS) {
      if (sources[name] === SOURCE_DEFAULT) continue;
      problems.push({
        field: FLAGS[name],
        value: texts[name].join(' '),
        source: sources[name],
        problem: 'is of a PostgreSQL that nobody named: the service of --target has its own',
        remedy: 'leave it out; with --postgres url the settings are read there',
      });
    }
  }
  return problems;
}

const FLAGS = {
  maxConnections: '--max-connections',
  superuserReserved: '--superuser-reserved',
  reserved: '--reserved',
  pgSetting: '--pg-setting',
} as const satisfies Record<(typeof SERVER_SETTINGS)[number], string>;

/** An API of this project is told by its admin port. */
function isRunningService({
  target,
  targetAdmin,
}: Pick<OptionValues<Table>, 'target' | 'targetAdmin'>): boolean {
  return target !== null && targetAdmin === null;
}
