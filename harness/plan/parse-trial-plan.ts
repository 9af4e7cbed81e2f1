import { LIMITS } from '../../server/contract.ts';
import { idleOptionWarnings } from './idle-options.ts';
import { loadModelOf, measuredMsOf } from './load-model-choice.ts';
import { loadProblems } from './load-problems.ts';
import {
  type OptionTable,
  type OptionValues,
  type Problem,
  type RawEnv,
  type RawFlags,
  type ReadOptions,
  readOptions,
  unknownVariableWarnings,
} from './option-table.ts';
import { problemError } from './problem-error.ts';
import { RUN_OPTIONS } from './run-options.ts';
import { thresholdProblems } from './thresholds/threshold-problems.ts';
import { type TrialPlan, trialPlanSchema } from './trial-plan.ts';

export interface ParsedTrialPlan {
  readonly plan: TrialPlan;
  /** Where the API listens; 0 lets the system choose. */
  readonly ports: { readonly port: number; readonly adminPort: number };
  /** The result goes to stdout as JSON. */
  readonly json: boolean;
  /** Parent of the lab's own directory. */
  readonly directory: string;
  /** Trials of this plan, one after the other. */
  readonly rounds: number;
  /** Sentences for stderr: what was given and changes nothing. */
  readonly warnings: readonly string[];
}

/** The lab's own connection beside the API's. */
const MONITOR_CONNECTIONS = 1;

type PlanTable = typeof RUN_OPTIONS;

/**
 * Flags before `POOL_LAB_*` variables before defaults, checked and frozen.
 *
 * @throws LabError CONFIG_INVALID naming every problem at once.
 */
export function parseTrialPlan(given: {
  readonly flags: RawFlags;
  readonly env: RawEnv;
  /** The command whose help a remedy points to. @default `run` */
  readonly command?: string;
  /** Options of the command beside those of a trial: their variables are not unknown. */
  readonly further?: OptionTable;
}): ParsedTrialPlan {
  const read = readOptions(RUN_OPTIONS, given);
  const command = given.command ?? 'run';
  const problems = [
    ...read.problems,
    ...problemsBetween(read),
    ...loadProblems(read),
    ...thresholdProblems(read),
  ];
  if (problems.length > 0) throw problemError(problems, command);
  return {
    plan: deepFreeze(trialPlanSchema.parse(planOf(read.values))),
    ports: { port: read.values.port, adminPort: read.values.adminPort },
    json: read.values.json,
    directory: read.values.directory,
    rounds: read.values.rounds,
    warnings: [
      ...unknownVariableWarnings({ ...RUN_OPTIONS, ...given.further }, given.env),
      ...idleOptionWarnings(read, command),
    ],
  };
}

function planOf(values: OptionValues<PlanTable>): TrialPlan {
  return {
    workers: values.workers,
    pool: {
      kind: values.poolKind,
      poolSize: values.poolSize,
      maxOverflow: values.maxOverflow,
      poolTimeoutMs: values.poolTimeout,
      maxWaiting: values.maxWaiting,
      recycleMs: values.recycle,
      prePing: values.prePing,
      resetOnReturn: values.resetOnReturn,
      order: values.poolOrder,
      statementTimeoutMs: values.statementTimeout,
      lockTimeoutMs: values.lockTimeout,
      idleInTransactionTimeoutMs: values.idleInTransactionTimeout,
    },
    workload: values.workload,
    workloadParams: { ...values.param },
    load: {
      model: loadModelOf(values),
      requestTimeoutMs: values.requestTimeout,
      retry:
        values.retries === 0
          ? null
          : { retriesMax: values.retries, backoffMs: values.retryBackoff },
      goodputDeadlineMs: values.goodputDeadline,
    },
    warmupMs: values.warmup,
    durationMs: measuredMsOf(values),
    drainMs: values.drain,
    rolloutSurge: values.rollout,
    postgres: {
      maxConnections: values.maxConnections,
      superuserReservedConnections: values.superuserReserved,
      reservedConnections: values.reserved,
      extra: { ...values.pgSetting },
    },
    gates: values.gate,
    thresholds: [...values.threshold],
    abortOnFail: values.abortOnFail,
    seed: values.seed,
  };
}

/** What only two values together get wrong. Fields that are wrong on their own are left out. */
function problemsBetween({ values, sources, problems }: ReadOptions<PlanTable>): Problem[] {
  const wrong = new Set(problems.map((problem) => problem.field));
  const sound = (...fields: readonly string[]): boolean => fields.every((f) => !wrong.has(f));
  const found: Problem[] = [];
  const most = values.poolSize + values.maxOverflow;
  if (sound('--pool-size', '--max-overflow') && most > LIMITS.poolConnectionsMax) {
    found.push({
      field: '--pool-size + --max-overflow',
      value: `${values.poolSize} + ${values.maxOverflow}`,
      source: `${sources.poolSize}, ${sources.maxOverflow}`,
      problem: `is ${most} connections a worker, above ${LIMITS.poolConnectionsMax}`,
      remedy: `keep their sum at ${LIMITS.poolConnectionsMax} or less`,
    });
  }
  if (sound('--port', '--admin-port') && values.port !== 0 && values.port === values.adminPort) {
    found.push({
      field: '--port, --admin-port',
      value: `${values.port}, ${values.adminPort}`,
      source: `${sources.port}, ${sources.adminPort}`,
      problem: 'are the same port',
      remedy: 'give two different ones, or 0 for any free one',
    });
  }
  const reserved = values.superuserReserved + values.reserved;
  const left = values.maxConnections - reserved;
  if (
    sound('--superuser-reserved', '--reserved', '--max-connections') &&
    left <= MONITOR_CONNECTIONS
  ) {
    found.push({
      field: '--max-connections',
      value: String(values.maxConnections),
      source: sources.maxConnections,
      problem:
        left <= 0
          ? `is all reserved (--superuser-reserved ${values.superuserReserved} + --reserved ${values.reserved})`
          : `leaves no connection for the API: ${reserved} reserved, 1 this lab's monitor`,
      remedy: `give ${reserved + MONITOR_CONNECTIONS + 1} or more, or reserve less`,
    });
  }
  return found;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const child of Object.values(value)) deepFreeze(child);
    Object.freeze(value);
  }
  return value;
}
