import { hostAndPort, hostName } from './address-parser.ts';
import { option } from './option.ts';
import { choice, orNone, yesNo } from './value-parser.ts';

/** Where PostgreSQL comes from: the lab's own, or the one whose address is in DATABASE_URL. */
export const POSTGRES_SOURCES = ['embedded', 'url'] as const;
const DEFAULT_SOURCE: (typeof POSTGRES_SOURCES)[number] = 'embedded';

/** Which PostgreSQL is used, and by whose leave. Its address comes in a variable, never in an argument. */
export const DATABASE_OPTIONS = {
  postgres: option('postgres', {
    parser: choice(POSTGRES_SOURCES, 'source'),
    defaultValue: DEFAULT_SOURCE,
    description: "embedded: the lab's own; url: the one in the variable DATABASE_URL",
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
  apiVia: option('api-via', {
    parser: orNone(hostAndPort(), 'none'),
    defaultValue: null,
    description:
      'with --postgres url: the API connects here, e.g. to a PgBouncer, the rest directly',
  }),
} as const;
