import type { PoolKind } from '../../server/contract.ts';
import { openLoopOption } from './load-model-choice.ts';
import { type OptionSources, type ReadOptions, SOURCE_DEFAULT } from './option-table.ts';
import type { PLAN_OPTIONS, RUN_OPTIONS } from './run-options.ts';
import type { Placeholder } from './service.ts';
import { placeholdersOf } from './service-parser.ts';

type OptionName = keyof typeof RUN_OPTIONS;
type PlanTable = typeof PLAN_OPTIONS;

const QUEUE_ONLY: readonly OptionName[] = [
  'maxWaiting',
  'recycle',
  'prePing',
  'resetOnReturn',
  'poolOrder',
];

/** Options that a kind of pool has no use for. */
const IDLE_BY_KIND: Readonly<Record<PoolKind, readonly OptionName[]>> = {
  queue: [],
  plain: QUEUE_ONLY,
  null: ['poolSize', 'maxOverflow', ...QUEUE_ONLY],
};

const OPEN_ONLY: readonly OptionName[] = ['arrivals', 'maxInFlight', 'atCap', 'threads'];

const OF_A_POOLER: readonly OptionName[] = [
  'poolerMode',
  'poolerSize',
  'poolerReserve',
  'poolerClients',
];

/** Options that a lab which stands and measures nothing has no use for. */
const IDLE_IN_UP: readonly OptionName[] = [
  'warmup',
  'duration',
  'rollout',
  'dbFault',
  'gate',
  'threshold',
  'abortOnFail',
  'rounds',
  'target',
  'targetAdmin',
  'iOwnThisTarget',
];

/** Decided by an API that runs already when it started, and told nobody else. */
const IDLE_WITH_TARGET: readonly OptionName[] = ['port', 'adminPort'];

/** Of every server of the lab's own; with a target there is the harness's metrics alone. */
const OF_OWN_SERVERS: readonly OptionName[] = ['listen', 'allowedHost'];

/** Of the lab's own API: a service has its own of them, or none. */
const IDLE_WITH_SERVICE: readonly OptionName[] = [
  'workload',
  'param',
  'maxWaiting',
  'recycle',
  'prePing',
  'resetOnReturn',
  'poolOrder',
  'statementTimeout',
  'lockTimeout',
  'idleInTransactionTimeout',
  'preparedStatements',
  'port',
  'adminPort',
];
/** What a prediction is made from. */
const SHAPE: readonly OptionName[] = ['workers', 'poolSize', 'maxOverflow'];
const POOL_TIMEOUT: readonly Placeholder[] = ['poolTimeoutMs', 'poolTimeoutSeconds'];

/** With --command; which shape it has may be told without being filled in. */
function idleWithService({
  command,
  env,
}: Pick<ReadOptions<PlanTable>['values'], 'command' | 'env'>): readonly OptionName[] {
  if (command === null) return [];
  const used = [command, ...Object.values(env.set)].flatMap(placeholdersOf);
  const filled = POOL_TIMEOUT.some((name) => used.includes(name));
  return filled ? IDLE_WITH_SERVICE : [...IDLE_WITH_SERVICE, 'poolTimeout'];
}

/** One sentence for each option that was given and that the rest of the settings make useless. */
export function idleOptionWarnings(
  {
    values,
    sources,
  }: Pick<ReadOptions<PlanTable>, 'values'> & {
    readonly sources: Partial<OptionSources<typeof RUN_OPTIONS>>;
  },
  command: string,
  poolKinds: readonly PoolKind[] = [values.poolKind],
): readonly string[] {
  const drives = command === 'run' && isGiven(sources.target);
  const drivesService = drives && !isGiven(sources.targetAdmin);
  const idle: readonly (readonly [names: readonly OptionName[], why: string])[] = [
    [idleInAll(poolKinds), `with --pool-kind ${poolKinds.join(',')}`],
    [openLoopOption(values) === null ? OPEN_ONLY : [], 'without --rate or --stages'],
    [values.retries === 0 ? ['retryBackoff'] : [], 'without --retries'],
    [values.threshold.length === 0 ? ['abortOnFail'] : [], 'without --threshold'],
    [drives && !drivesService ? IDLE_WITH_TARGET : [], 'with --target'],
    [
      drivesService ? [...IDLE_WITH_SERVICE, 'poolTimeout'] : [],
      "with --target, whose service is not the lab's own API",
    ],
    [
      drivesService && !isGiven(sources.postgres) ? SHAPE : [],
      'with --target and without --postgres url: nothing is predicted',
    ],
    [
      drives && !isGiven(sources.metricsPort) ? OF_OWN_SERVERS : [],
      'with --target and without --metrics-port',
    ],
    [values.dbRtt === 0 ? ['dbJitter', 'dbBandwidth'] : [], 'without --db-rtt'],
    [values.pooler === 'none' ? OF_A_POOLER : [], 'without --pooler'],
    [idleWithService(values), "with --command, whose service is not the lab's own API"],
    [
      values.command !== null && !isGiven(sources.metricsPort) ? OF_OWN_SERVERS : [],
      'with --command and without --metrics-port',
    ],
    [command === 'up' ? IDLE_IN_UP : [], 'with up, which measures nothing'],
  ];
  const given = idle.flatMap(([names, why]) =>
    names
      .map((name) => sources[name])
      .filter(isGiven)
      .map((source) => `${source} changes nothing ${why}`),
  );
  const twice = values.command !== null && values.rollout > 1;
  return twice
    ? [
        ...given,
        `${sources.rollout} beyond 1 changes nothing with --command: a deploy has it twice`,
      ]
    : given;
}

function isGiven(source: string | undefined): source is string {
  return source !== undefined && source !== SOURCE_DEFAULT;
}

/** Of several kinds, one that has a use for an option is enough. */
function idleInAll(kinds: readonly PoolKind[]): readonly OptionName[] {
  const [first, ...others] = kinds;
  if (first === undefined) return [];
  return IDLE_BY_KIND[first].filter((name) =>
    others.every((kind) => IDLE_BY_KIND[kind].includes(name)),
  );
}
