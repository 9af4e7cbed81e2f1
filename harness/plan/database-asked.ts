import type { HostAndPort } from './address-parser.ts';
import { DATABASE_OPTIONS } from './database-options.ts';
import {
  type OptionSources,
  type OptionValues,
  type Problem,
  SOURCE_DEFAULT,
} from './option-table.ts';
import type { Transport } from './trial-plan.ts';

/** Which PostgreSQL a command is to use. */
export type DatabaseAsked =
  | { readonly kind: 'embedded' }
  | ContainerAsked
  | {
      readonly kind: 'url';
      readonly allowRemoteDb: string | null;
      readonly sharedDbOk: boolean;
      /** The load may leave no slot free. */
      readonly exhaust: boolean;
      readonly apiVia: HostAndPort | null;
      /** Settings of PostgreSQL that were given, and that only a server of the lab's own can be given. */
      readonly serverSettings: readonly GivenSetting[];
    };

/** PostgreSQL in a container of this image. */
export interface ContainerAsked {
  readonly kind: 'docker';
  readonly image: string;
  /** The major version that it has to be; `null`: whichever the named image has. */
  readonly version: number | null;
}

export interface GivenSetting {
  readonly field: string;
  readonly value: string;
  readonly source: string;
}

type Table = typeof DATABASE_OPTIONS;

export function databaseAsked(
  values: OptionValues<Table>,
  serverSettings: readonly GivenSetting[],
): DatabaseAsked {
  const { postgres, postgresVersion, postgresImage } = values;
  switch (postgres) {
    case 'embedded':
      return { kind: 'embedded' };
    case 'docker':
      return postgresImage === null
        ? { kind: 'docker', image: `postgres:${postgresVersion}`, version: postgresVersion }
        : { kind: 'docker', image: postgresImage, version: null };
    case 'url': {
      const { allowRemoteDb, sharedDbOk, exhaust, apiVia } = values;
      return { kind: 'url', allowRemoteDb, sharedDbOk, exhaust, apiVia, serverSettings };
    }
  }
}

/** What a sweep is repeated with, by flag, as it would be typed; a consent to share is given each time. */
export function databaseSettings(
  asked: DatabaseAsked,
): Readonly<Record<string, readonly string[]>> {
  if (asked.kind === 'embedded') return {};
  if (asked.kind === 'docker') return { postgres: ['docker'], 'postgres-image': [asked.image] };
  const { allowRemoteDb, apiVia } = asked;
  return {
    postgres: ['url'],
    ...(allowRemoteDb === null ? {} : { 'allow-remote-db': [allowRemoteDb] }),
    ...(apiVia === null ? {} : { 'api-via': [DATABASE_OPTIONS.apiVia.parser.print(apiVia)] }),
  };
}

/** @param values, sources of the database's options, and of what not every source of PostgreSQL can be asked */
export function databaseProblems(
  values: OptionValues<Table> & { readonly dbTransport: Transport; readonly reserved: number },
  sources: OptionSources<Table> & { readonly dbTransport: string; readonly reserved: string },
): readonly Problem[] {
  const { postgres, postgresVersion, postgresImage, apiVia, dbTransport, reserved } = values;
  const problems: Problem[] = [];
  if (postgres !== 'url' && apiVia !== null) {
    problems.push({
      field: '--api-via',
      value: `${apiVia.host}:${apiVia.port}`,
      source: sources.apiVia,
      problem: "has nothing behind it: the lab's own PostgreSQL has a new address at each start",
      remedy: 'use --postgres url, or leave it out',
    });
  }
  if (postgres !== 'docker') return problems;
  if (postgresImage !== null && sources.postgresVersion !== SOURCE_DEFAULT) {
    problems.push({
      field: '--postgres-version, --postgres-image',
      value: `${postgresVersion}, ${postgresImage}`,
      source: `${sources.postgresVersion}, ${sources.postgresImage}`,
      problem: 'name two images: the version is that of the image postgres',
      remedy: 'leave one of them out',
    });
  }
  if (dbTransport !== 'tcp') {
    problems.push({
      field: '--db-transport',
      value: dbTransport,
      source: sources.dbTransport,
      problem: 'is not made for PostgreSQL in a container, which is reached over TCP',
      remedy: 'use --postgres embedded, or leave it out',
    });
  }
  if (postgresImage === null && postgresVersion < RESERVED_SINCE && reserved > 0) {
    problems.push({
      field: '--reserved',
      value: String(reserved),
      source: sources.reserved,
      problem: `is not known to PostgreSQL ${postgresVersion}: ${RESERVED_SINCE} brought reserved_connections`,
      remedy: 'leave it out, or give a newer --postgres-version',
    });
  }
  return problems;
}

/** The version that brought `reserved_connections`. */
const RESERVED_SINCE = 16;

const OF_A_CONTAINER = ['postgresVersion', 'postgresImage'] as const;
const OF_A_GIVEN_DATABASE = ['allowRemoteDb', 'sharedDbOk', 'exhaust'] as const;

/** One sentence for each option that another source of PostgreSQL has no use for. */
export function databaseWarnings(
  { postgres }: Pick<OptionValues<Table>, 'postgres'>,
  sources: OptionSources<Table>,
): readonly string[] {
  const idle = [
    { names: OF_A_CONTAINER, use: 'docker' },
    { names: OF_A_GIVEN_DATABASE, use: 'url' },
  ] as const;
  return idle.flatMap(({ names, use }) =>
    names
      .map((name) => sources[name])
      .filter((source) => use !== postgres && source !== SOURCE_DEFAULT)
      .map((source) => `${source} changes nothing without --postgres ${use}`),
  );
}

const SERVER_SETTINGS = {
  maxConnections: '--max-connections',
  superuserReserved: '--superuser-reserved',
  reserved: '--reserved',
  pgSetting: '--pg-setting',
} as const;

/** What was given of the server's own settings, as it was typed. */
export function givenServerSettings(read: {
  readonly sources: Readonly<Record<keyof typeof SERVER_SETTINGS, string>>;
  readonly texts: Readonly<Record<keyof typeof SERVER_SETTINGS, readonly string[]>>;
}): readonly GivenSetting[] {
  const names = ['maxConnections', 'superuserReserved', 'reserved', 'pgSetting'] as const;
  return names.flatMap((name) =>
    read.sources[name] === SOURCE_DEFAULT
      ? []
      : [
          {
            field: SERVER_SETTINGS[name],
            value: read.texts[name].join(' '),
            source: read.sources[name],
          },
        ],
  );
}
