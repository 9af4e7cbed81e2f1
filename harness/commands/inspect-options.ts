import { option } from '../plan/option.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';
import { INSPECTION_FACTS } from '../plan/thresholds/inspection-facts.ts';
import { thresholdExpressions } from '../plan/thresholds/threshold-options.ts';
import { choice, duration, yesNo } from '../plan/value-parser.ts';

/** `auto`: off on this machine, verify on any other. */
export const TLS_MODES = ['auto', 'off', 'require', 'verify'] as const;
const TLS_DEFAULT: (typeof TLS_MODES)[number] = 'auto';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How a PostgreSQL that runs already is looked at. Its address comes in a variable, never in an argument. */
export const INSPECT_OPTIONS = {
  window: option('window', {
    parser: duration({ minMs: 250, maxMs: MINUTE_MS }),
    defaultValue: 2 * SECOND_MS,
    description: 'how long one look takes; it samples four times a second',
  }),
  watch: option('watch', {
    parser: yesNo(),
    defaultValue: false,
    description:
      'look again and again, on the same connection, until Ctrl-C or a threshold is missed',
  }),
  every: option('every', {
    parser: duration({ minMs: SECOND_MS, maxMs: 60 * MINUTE_MS }),
    defaultValue: 5 * SECOND_MS,
    description: 'with --watch: from the begin of one look to that of the next',
  }),
  tls: option('tls', {
    parser: choice(TLS_MODES, 'mode'),
    defaultValue: TLS_DEFAULT,
    description:
      'verify: encrypted, and the certificate is checked; require: encrypted; off; auto: off on this machine, else verify',
  }),
  threshold: {
    ...option('threshold', {
      parser: thresholdExpressions(INSPECTION_FACTS.example),
      defaultValue: [],
      description: 'what must hold, or exit 99, e.g. slots.left>10 or causes==0',
      repeatable: true,
    }),
    // The variable has what a measurement must reach, of which nothing is known here.
    env: null,
  },
  ...OUTPUT_OPTIONS,
} as const;
