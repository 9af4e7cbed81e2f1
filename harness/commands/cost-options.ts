import { DATABASE_OPTIONS } from '../plan/database-options.ts';
import { option } from '../plan/option.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS, PLAN_OPTIONS } from '../plan/run-options.ts';
import { wholeNumber, yesNo } from '../plan/value-parser.ts';

/** Far variants are measured in one of eight rounds, and ten samples are the least that has an interval. */
const SAMPLES = { min: 80, max: 10_000 } as const;
const PAIRS = { min: 2, max: 100 } as const;

// What a connection through PgBouncer costs is measured beside the rest, through one of the lab's own.
const { apiVia: _apiVia, ...databaseOptions } = DATABASE_OPTIONS;

/** How much is measured, of which PostgreSQL. */
export const COST_OPTIONS = {
  samples: option('samples', {
    parser: wholeNumber({ ...SAMPLES, placeholder: 'number' }),
    defaultValue: 200,
    description: 'connections of each kind, one at a time; of those at a distance fewer',
  }),
  pairs: option('pairs', {
    parser: wholeNumber({ ...PAIRS, word: { text: 'none', value: 0 }, placeholder: 'number' }),
    defaultValue: 4,
    description:
      'pairs of trials, with a pool and with a connection for each request; none: no requests are made',
  }),
  memory: option('memory', {
    parser: yesNo(),
    defaultValue: true,
    description: 'what an idle session takes, fresh and after work; --no-memory leaves it out',
  }),
  seed: PLAN_OPTIONS.seed,
  ...databaseOptions,
  ...PLACE_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const;
