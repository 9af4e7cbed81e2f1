import { LIMITS, POOL_KINDS } from '../../../server/contract.ts';
import { DATABASE_OPTIONS } from '../database-options.ts';
import { LOAD_OPTIONS } from '../load-options.ts';
import { option } from '../option.ts';
import type { OptionTable } from '../option-table.ts';
import { rate } from '../rate-parser.ts';
import { OUTPUT_OPTIONS, PLACE_OPTIONS, PLAN_OPTIONS, PORT_OPTIONS } from '../run-options.ts';
import { PLAN_LIMITS } from '../trial-plan.ts';
import { listOf, numbersOf, wholeNumbersOf } from '../value-list.ts';
import { assignments, choice, orNone, path, wholeNumber } from '../value-parser.ts';
import { PARAMETER_NAME } from '../workload-params.ts';
import { workloadName } from '../workload-parser.ts';
import { SWEEP_LIMITS } from './sweep-plan.ts';

const several = { countMax: SWEEP_LIMITS.cellsMax };

/** Where settings of a sweep are looked for when no other file is named. */
export const CONFIG_FILE = 'pool-lab.yaml';

/** What differs from a trial's options: settings with several values, and the sweep's own. */
const AXIS_OPTIONS = {
  workers: {
    ...PLAN_OPTIONS.workers,
    parser: wholeNumbersOf(PLAN_OPTIONS.workers.parser, several),
    defaultValue: [PLAN_OPTIONS.workers.defaultValue],
  },
  poolSize: {
    ...PLAN_OPTIONS.poolSize,
    parser: wholeNumbersOf(PLAN_OPTIONS.poolSize.parser, several),
    defaultValue: [PLAN_OPTIONS.poolSize.defaultValue],
  },
  maxOverflow: {
    ...PLAN_OPTIONS.maxOverflow,
    parser: wholeNumbersOf(PLAN_OPTIONS.maxOverflow.parser, several),
    defaultValue: [PLAN_OPTIONS.maxOverflow.defaultValue],
  },
  maxConnections: {
    ...PLAN_OPTIONS.maxConnections,
    parser: wholeNumbersOf(PLAN_OPTIONS.maxConnections.parser, several),
    defaultValue: [PLAN_OPTIONS.maxConnections.defaultValue],
  },
  dbRtt: {
    ...PLAN_OPTIONS.dbRtt,
    parser: numbersOf(PLAN_OPTIONS.dbRtt.parser, several),
    defaultValue: [PLAN_OPTIONS.dbRtt.defaultValue],
  },
  poolKind: {
    ...PLAN_OPTIONS.poolKind,
    parser: listOf(choice(POOL_KINDS, 'kind'), several),
    defaultValue: [PLAN_OPTIONS.poolKind.defaultValue],
  },
  workload: {
    ...PLAN_OPTIONS.workload,
    parser: listOf(workloadName(), several),
    defaultValue: [PLAN_OPTIONS.workload.defaultValue],
  },
  connections: {
    ...LOAD_OPTIONS.connections,
    parser: wholeNumbersOf(LOAD_OPTIONS.connections.parser, several),
    defaultValue: [LOAD_OPTIONS.connections.defaultValue],
  },
  rate: {
    ...LOAD_OPTIONS.rate,
    parser: orNone(
      numbersOf(rate({ maxPerSecond: PLAN_LIMITS.ratePerSecondMax }), several),
      'none',
    ),
    defaultValue: null,
  },
} as const;

export const SWEEP_OWN_OPTIONS = {
  ...AXIS_OPTIONS,
  param: option('param', {
    parser: assignments({ name: PARAMETER_NAME }),
    defaultValue: {},
    description: 'a parameter of every workload that has it, ms=20, or of one of them, hold.ms=20',
    repeatable: true,
  }),
  rounds: option('rounds', {
    parser: wholeNumber({ min: 1, max: SWEEP_LIMITS.roundsMax }),
    defaultValue: 3,
    description:
      'trials of each cell, each on fresh workers; every cell has its first before any its second',
  }),
  surge: option('surge', {
    parser: wholeNumber({ min: 1, max: LIMITS.workersMax }),
    defaultValue: 1,
    description:
      'extra workers of the rolling deploy that a cell should survive; only the arithmetic',
  }),
} as const;

/** Everything that the plan of a sweep is made of; what may stand in `pool-lab.yaml`. */
export const SWEEP_PLAN_OPTIONS = { ...PLAN_OPTIONS, ...SWEEP_OWN_OPTIONS } as const;

/** What belongs to one invocation, and so not into a file. */
export const SWEEP_CALL_OPTIONS = {
  config: option('config', {
    parser: orNone(path(), 'none'),
    defaultValue: CONFIG_FILE,
    description: 'file with settings; the default is read where it exists; none: no file',
  }),
  out: option('out', {
    parser: orNone(path(), 'none'),
    defaultValue: null,
    description:
      'new directory for plan, results and reports; otherwise a dated one in pool-lab-runs',
  }),
  resume: {
    ...option('resume', {
      parser: orNone(path(), 'none'),
      defaultValue: null,
      description: 'directory of an unfinished sweep, to measure what it lacks',
    }),
    env: null,
  },
  ...DATABASE_OPTIONS,
  metricsPort: PORT_OPTIONS.metricsPort,
  ...PLACE_OPTIONS,
  ...OUTPUT_OPTIONS,
} as const;

export const SWEEP_OPTIONS = { ...SWEEP_PLAN_OPTIONS, ...SWEEP_CALL_OPTIONS } as const;

/** What its table in the README shows beside the table of a trial. */
export const SWEEP_ADDED_OPTIONS: OptionTable = {
  ...SWEEP_OWN_OPTIONS,
  config: SWEEP_CALL_OPTIONS.config,
  out: SWEEP_CALL_OPTIONS.out,
  resume: SWEEP_CALL_OPTIONS.resume,
};
