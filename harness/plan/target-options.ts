import { hostName, httpOrigin } from './address-parser.ts';
import { option } from './option.ts';
import { orNone } from './value-parser.ts';

/** An API of this project that runs already, to be driven instead of one that is started for the trial. */
export const TARGET_OPTIONS = {
  target: option('target', {
    parser: orNone(httpOrigin(), 'none'),
    defaultValue: null,
    description:
      'drive the API that runs there already, e.g. http://localhost:8080; needs --postgres url',
  }),
  targetAdmin: option('target-admin', {
    parser: orNone(httpOrigin(), 'none'),
    defaultValue: null,
    description: "with --target: that API's admin port, e.g. http://localhost:9464",
  }),
  iOwnThisTarget: option('i-own-this-target', {
    parser: orNone(hostName(), 'none'),
    defaultValue: null,
    description: 'with --target: this host may be another machine',
  }),
} as const;
