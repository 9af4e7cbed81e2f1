import type { DatabaseAsked } from '../plan/database-asked.ts';
import type { Problem } from '../plan/option-table.ts';
import { problemError } from '../plan/problem-error.ts';
import { slotProblems } from '../plan/setting-problems.ts';
import { PLAN_LIMITS } from '../plan/trial-plan.ts';
import type { ChosenPostgres } from '../postgres/chosen-postgres.ts';
import { parseDatabaseUrl } from '../postgres/database-url.ts';
import { DATABASE_URL_ENV } from '../postgres/database-url-refusal.ts';
import { requireDocker } from '../postgres/docker-program.ts';
import { type ForeignDatabase, lookAtForeignDatabase } from '../postgres/foreign-database.ts';
import type { PostgresSettings } from '../postgres/provider.ts';
import type { LabSurroundings } from './lab.ts';

/**
 * Which PostgreSQL it is to be; one that somebody else runs is looked at. Before anything is started, so that
 * plan and predictions have the server's own settings.
 *
 * @throws LabError as `lookAtForeignDatabase`, DOCKER_UNAVAILABLE or CONFIG_INVALID
 */
export async function choosePostgres(
  asked: DatabaseAsked,
  {
    env,
    redactor,
    signal,
    warn,
    command,
    drivesTheApi = false,
    startsService = false,
    drivesService = false,
  }: Pick<LabSurroundings, 'env' | 'redactor' | 'signal' | 'warn'> & {
    /** Whose help a remedy points to. */
    readonly command: string;
    /** @default false */
    readonly drivesTheApi?: boolean;
    /** Of the user's own, for each trial. @default false */
    readonly startsService?: boolean;
    /** Of the user's own, which runs already. @default false */
    readonly drivesService?: boolean;
  },
): Promise<ChosenPostgres> {
  if (asked.kind === 'docker') await requireDocker(env);
  if (asked.kind !== 'url') return asked;
  const { allowRemoteDb, sharedDbOk, apiVia } = asked;
  const database = await lookAtForeignDatabase({
    owner: parseDatabaseUrl(env[DATABASE_URL_ENV], redactor, '--postgres url', warn),
    apiVia,
    consent: { allowRemoteDb, sharedDbOk },
    drivesTheApi,
    startsService,
    drivesService,
    signal,
    warn,
  });
  const problems = settingProblems(database.settings, asked);
  if (problems.length > 0) throw problemError(problems, command);
  return { kind: 'url', database };
}

/** The plan as it can be measured there: with the settings that the server has. */
export function planOn<P extends { readonly postgres: PostgresSettings }>(
  database: ForeignDatabase | null,
  plan: P,
): P {
  return database === null ? plan : { ...plan, postgres: database.settings };
}

/** A server that is there already is as it is: what was asked of it otherwise is not quietly dropped. */
export function settingProblems(
  settings: PostgresSettings,
  { serverSettings }: Pick<Extract<DatabaseAsked, { kind: 'url' }>, 'serverSettings'>,
): readonly Problem[] {
  const { maxConnections, superuserReservedConnections, reservedConnections } = settings;
  const actual: Readonly<Record<string, number>> = {
    '--max-connections': maxConnections,
    '--superuser-reserved': superuserReservedConnections,
    '--reserved': reservedConnections,
  };
  const given = serverSettings.map((setting) => {
    const value = actual[setting.field];
    return {
      ...setting,
      problem:
        value === undefined
          ? 'cannot be set on a PostgreSQL that runs already'
          : `cannot be set on a PostgreSQL that runs already; there it is ${value}`,
      remedy: 'leave it out, or use --postgres embedded',
    };
  });
  if (given.length > 0) return given;
  if (maxConnections > PLAN_LIMITS.maxConnectionsMax) {
    return [
      {
        field: 'max_connections',
        value: String(maxConnections),
        source: DATABASE_URL_ENV,
        problem: `is above ${PLAN_LIMITS.maxConnectionsMax}, the most the lab calculates with`,
        remedy: 'measure on a server with fewer',
      },
    ];
  }
  return slotProblems(
    {
      maxConnections,
      superuserReserved: superuserReservedConnections,
      reserved: reservedConnections,
    },
    { maxConnections: DATABASE_URL_ENV },
  );
}
