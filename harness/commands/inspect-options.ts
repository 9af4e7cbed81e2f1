import { option } from '../plan/option.ts';
import { OUTPUT_OPTIONS } from '../plan/run-options.ts';
import { INSPECTION_FACTS } from '../plan/thresholds/inspection-facts.ts';
import { thresholdExpressions } from '../plan/thresholds/threshold-options.ts';
import { duration, yesNo } from '../plan/value-parser.ts';

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
