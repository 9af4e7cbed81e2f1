import { hostName, httpOrigin } from './address-parser.ts';
import { option } from './option.ts';
import { orNone } from './value-parser.ts';

/** What runs already, to be driven instead of what is started for the trial. */
export const TARGET_OPTIONS = {
  target: option('target', {
    parser: orNone(
      httpOrigin("give http://host:port, and the path by --request: 'GET /orders'"),
      'none',
    ),
    defaultValue: null,
    description:
      'drive the service that runs there already, e.g. http://localhost:8080; its database is seen with --postgres url',
  }),
  targetAdmin: option('target-admin', {
    parser: orNone(httpOrigin(), 'none'),
    defaultValue: null,
    description:
      'with --target: it is an API of pool-lab, with this admin port, e.g. http://localhost:9464; needs --postgres url',
  }),
  iOwnThisTarget: option('i-own-this-target', {
    parser: orNone(hostName(), 'none'),
    defaultValue: null,
    description: 'with --target: this host may be another machine',
  }),
} as const;
