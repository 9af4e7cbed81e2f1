import type { HostAndPort } from './address-parser.ts';
import { DATABASE_OPTIONS } from './database-options.ts';
import {
  type OptionSources,
  type OptionValues,
  type Problem,
  SOURCE_DEFAULT,
} from './option-table.ts';

/** Which PostgreSQL a command is to use. */
export type DatabaseAsked =
  | { readonly kind: 'embedded' }
  /** In a container of this image. */
  | { readonly kind: 'docker'; readonly image: string }
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
      return { kind: 'docker', image: postgresImage ?? `postgres:${postgresVersion}` };
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

export function databaseProblems(
  values: OptionValues<Table>,
  sources: OptionSources<Table>,
): readonly Problem[] {
  const { postgres, apiVia } = values;
  if (postgres === 'url' || apiVia === null) return [];
  return [
    {
      field: '--api-via',
      value: `${apiVia.host}:${apiVia.port}`,
      source: sources.apiVia,
      problem: "has nothing behind it: the lab's own PostgreSQL has a new address at each start",
      remedy: 'use --postgres url, or leave it out',
    },
  ];
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
