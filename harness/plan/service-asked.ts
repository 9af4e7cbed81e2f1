import { type OptionValues, SOURCE_DEFAULT } from './option-table.ts';
import { REQUESTS_WORKLOAD } from './plan-workload.ts';
import type { RequestPlan } from './request-mix.ts';
import type { Service } from './service.ts';
import type { SERVICE_OPTIONS } from './service-options.ts';
import { placeholdersOf } from './service-parser.ts';
import type { TrialPlan } from './trial-plan.ts';

type Values = OptionValues<typeof SERVICE_OPTIONS>;
type ShapeSources = Readonly<Record<'workers' | 'poolSize' | 'maxOverflow', string>>;

/** Which parts of a shape a service gets filled in, by its command or a variable of it. */
export interface FilledIn {
  readonly workers: boolean;
  readonly poolSize: boolean;
  readonly maxOverflow: boolean;
}

function namesIn({ command, env }: Pick<Values, 'command' | 'env'>): ReadonlySet<string> {
  return new Set([command ?? '', ...Object.values(env.set)].flatMap(placeholdersOf));
}

export function filledInBy(values: Pick<Values, 'command' | 'env'>): FilledIn {
  const names = namesIn(values);
  return {
    workers: names.has('workers'),
    poolSize: names.has('poolSize') || names.has('poolTotal'),
    maxOverflow: names.has('maxOverflow') || names.has('poolTotal'),
  };
}

/** `null`: the lab's own API is measured. */
export function serviceAsked(values: Values, sources: ShapeSources): Service | null {
  const { command, env, shell, serviceDirectory, readyPath, readyTimeout, stopTimeout } = values;
  if (command === null) return null;
  return {
    kind: 'command',
    command,
    shell,
    env: { ...env.set },
    passEnv: [...env.pass],
    directory: serviceDirectory,
    readyPath,
    readyTimeoutMs: readyTimeout,
    stopTimeoutMs: stopTimeout,
    metricsPath: values.serviceMetrics,
    shapeKnown: filledInBy(values).poolSize || sources.poolSize !== SOURCE_DEFAULT,
  };
}

/**
 * The plan of the lab's API made into that of a service. What is neither filled in nor told is not the default of the
 * lab's own pool: one process, and no overflow.
 */
export function planOfService(
  plan: TrialPlan,
  service: Service,
  {
    values,
    sources,
    requests,
  }: {
    readonly values: Values;
    readonly sources: ShapeSources;
    /** As they were checked; `null`: nothing was said of them. */
    readonly requests: RequestPlan | null;
  },
): TrialPlan {
  const filled = filledInBy(values);
  // Of one number for both only that which was given is known to be meant.
  const overflows = namesIn(values).has('maxOverflow') || sources.maxOverflow !== SOURCE_DEFAULT;
  const toldWorkers = filled.workers || sources.workers !== SOURCE_DEFAULT;
  return {
    ...plan,
    service,
    workers: toldWorkers ? plan.workers : 1,
    pool: { ...plan.pool, maxOverflow: overflows ? plan.pool.maxOverflow : 0 },
    workload: REQUESTS_WORKLOAD,
    workloadParams: {},
    requests: requests ?? { templates: [...values.request], data: null },
    // A service is replaced as a whole: its second instance is there before the first one goes.
    rolloutSurge: plan.rolloutSurge === 0 ? 0 : toldWorkers ? plan.workers : 1,
  };
}
