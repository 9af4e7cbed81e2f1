import { hostAndPort, hostName } from './address-parser.ts';
import { imageName } from './image-name-parser.ts';
import { option } from './option.ts';
import { choice, orNone, wholeNumber, yesNo } from './value-parser.ts';

/**
 * Where PostgreSQL comes from: the lab's own, from its packages or in a container, or the one whose address is
 * in DATABASE_URL.
 */
export const POSTGRES_SOURCES = ['embedded', 'docker', 'url'] as const;

export const POSTGRES_VERSIONS = { min: 15, max: 18 } as const;
const DEFAULT_SOURCE: (typeof POSTGRES_SOURCES)[number] = 'embedded';

/** Which PostgreSQL is used, and by whose leave. Its address comes in a variable, never in an argument. */
export const DATABASE_OPTIONS = {
  postgres: option('postgres', {
    parser: choice(POSTGRES_SOURCES, 'source'),
    defaultValue: DEFAULT_SOURCE,
    description:
      "embedded: the lab's own; docker: in a container; url: the one in the variable DATABASE_URL",
  }),
  postgresVersion: option('postgres-version', {
    parser: wholeNumber({ ...POSTGRES_VERSIONS, placeholder: 'number' }),
    defaultValue: POSTGRES_VERSIONS.max,
    description: 'with --postgres docker: the major version of the image postgres',
  }),
  postgresImage: option('postgres-image', {
    parser: orNone(imageName(), 'none'),
    defaultValue: null,
    description: 'with --postgres docker: another image, with the contract of the official one',
  }),
  allowRemoteDb: option('allow-remote-db', {
    parser: orNone(hostName(), 'none'),
    defaultValue: null,
    description: 'with --postgres url: this host may be another machine',
  }),
  sharedDbOk: {
    ...option('shared-db-ok', {
      parser: yesNo(),
      defaultValue: false,
      description: 'with --postgres url: others may have sessions there, which the lab will starve',
    }),
    // A consent that names nothing must be given each time.
    env: null,
  },
  exhaust: {
    ...option('exhaust', {
      parser: yesNo(),
      defaultValue: false,
      description: 'with --postgres url: the load may take every slot that is left there',
    }),
    env: null,
  },
  apiVia: option('api-via', {
    parser: orNone(hostAndPort(), 'none'),
    defaultValue: null,
    description:
      'with --postgres url: the API connects here, e.g. to a PgBouncer, the rest directly',
  }),
} as const;
