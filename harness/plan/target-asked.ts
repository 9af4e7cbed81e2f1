import type { PoolConfig, ServerDescription } from '../../server/contract.ts';
import type { DATABASE_OPTIONS } from './database-options.ts';
import {
  type OptionSources,
  type OptionValues,
  type Problem,
  SOURCE_DEFAULT,
} from './option-table.ts';
import { PLAN_OPTIONS } from './run-options.ts';
import { hasDatabaseInSight } from './running-service.ts';
import type { TARGET_OPTIONS } from './target-options.ts';
import type { TrialPlan } from './trial-plan.ts';

/** What runs already and is to be driven. */
export type TargetAsked = ApiTarget | ServiceTarget;

interface Named {
  /** Origin, e.g. `http://localhost:8080`. */
  readonly url: string;
  /** `--i-own-this-target`; `null`: not given. */
  readonly ownHost: string | null;
}

/** A service of the user's own: nothing is asked of it but its requests, and its metrics. */
export interface ServiceTarget extends Named {
  readonly kind: 'service';
  /** Its PostgreSQL was named, and is to be watched. */
  readonly databaseInSight: boolean;
}

/** An API of this project. */
export interface ApiTarget extends Named {
  readonly kind: 'api';
  readonly adminUrl: string;
  /** Settings of the API that were given: they must be what it has. */
  readonly given: readonly ApiSettingName[];
}

/** What an API decides when it starts, as options; each with its place in its description. */
const POOL_FIELDS = {
  poolKind: 'kind',
  poolSize: 'poolSize',
  maxOverflow: 'maxOverflow',
  poolTimeout: 'poolTimeoutMs',
  maxWaiting: 'maxWaiting',
  recycle: 'recycleMs',
  prePing: 'prePing',
  resetOnReturn: 'resetOnReturn',
  poolOrder: 'order',
  statementTimeout: 'statementTimeoutMs',
  lockTimeout: 'lockTimeoutMs',
  idleInTransactionTimeout: 'idleInTransactionTimeoutMs',
} as const satisfies Readonly<Record<string, keyof PoolConfig>>;
type PoolSettingName = keyof typeof POOL_FIELDS;
export type ApiSettingName = 'workers' | 'preparedStatements' | PoolSettingName;

const API_SETTINGS: readonly ApiSettingName[] = [
  'workers',
  'preparedStatements',
  'poolKind',
  'poolSize',
  'maxOverflow',
  'poolTimeout',
  'maxWaiting',
  'recycle',
  'prePing',
  'resetOnReturn',
  'poolOrder',
  'statementTimeout',
  'lockTimeout',
  'idleInTransactionTimeout',
];

type Table = typeof TARGET_OPTIONS &
  typeof DATABASE_OPTIONS &
  Pick<typeof PLAN_OPTIONS, 'rollout' | 'dbRtt' | 'dbFault'>;

export function targetAsked(
  values: OptionValues<typeof TARGET_OPTIONS>,
  sources: Readonly<Record<ApiSettingName | 'postgres', string>>,
): TargetAsked | null {
  const { target, targetAdmin, iOwnThisTarget } = values;
  if (target === null) return null;
  if (targetAdmin === null) {
    const databaseInSight = hasDatabaseInSight(values, sources);
    return { kind: 'service', url: target, ownHost: iOwnThisTarget, databaseInSight };
  }
  return {
    kind: 'api',
    url: target,
    adminUrl: targetAdmin,
    ownHost: iOwnThisTarget,
    given: API_SETTINGS.filter((name) => sources[name] !== SOURCE_DEFAULT),
  };
}

export function targetProblems(
  values: OptionValues<Table>,
  sources: OptionSources<Table>,
): readonly Problem[] {
  const { target, targetAdmin, postgres, apiVia, rollout, dbRtt, dbFault } = values;
  if (target === null && targetAdmin === null) return [];
  // One that was given and could not be read is a problem already, and not missing.
  const isMissing = target === null && sources.target === SOURCE_DEFAULT;
  const whose = targetAdmin === null ? 'the service' : 'the API';
  const problem = (
    name: 'target' | 'targetAdmin' | 'apiVia' | 'rollout' | 'dbRtt' | 'dbFault',
    rest: Pick<Problem, 'field' | 'value' | 'problem' | 'remedy'>,
  ): Problem => ({ source: sources[name], ...rest });
  return [
    isMissing
      ? problem('targetAdmin', {
          field: '--target-admin',
          value: targetAdmin ?? '',
          problem: 'is the admin port of nothing',
          remedy: 'give --target as well',
        })
      : null,
    target !== null && targetAdmin !== null && postgres !== 'url'
      ? problem('target', {
          field: '--target',
          value: target ?? '',
          problem: "has a PostgreSQL of its own, which the lab's monitor must see",
          remedy: 'add --postgres url, with the address of that PostgreSQL in DATABASE_URL',
        })
      : null,
    apiVia !== null
      ? problem('apiVia', {
          field: '--api-via',
          value: `${apiVia.host}:${apiVia.port}`,
          problem: `comes too late: ${whose} of --target is connected already`,
          remedy: 'leave it out',
        })
      : null,
    dbRtt > 0
      ? problem('dbRtt', {
          field: '--db-rtt',
          value: PLAN_OPTIONS.dbRtt.parser.print(dbRtt),
          problem: `comes too late: ${whose} of --target is connected already`,
          remedy:
            targetAdmin === null
              ? 'leave it out, or have the lab start the service: --command'
              : 'leave it out, or start that API with it: pool-lab up --db-rtt',
        })
      : null,
    dbFault.length > 0
      ? problem('dbFault', {
          field: '--db-fault',
          value: PLAN_OPTIONS.dbFault.parser.print(dbFault),
          problem: `comes too late: ${whose} of --target is connected already`,
          remedy: 'leave it out, or leave --target out',
        })
      : null,
    rollout > 0
      ? problem('rollout', {
          field: '--rollout',
          value: String(rollout),
          problem: `is not for ${targetAdmin === null ? 'a service' : 'an API'} that the lab did not start`,
          remedy: 'leave it out, or leave --target out',
        })
      : null,
  ].filter((it) => it !== null);
}

/** Settings that were given and that the running API has otherwise, each with both values. */
export function contradictions(
  { plan, target }: { readonly plan: TrialPlan; readonly target: ApiTarget },
  description: ServerDescription,
): readonly Problem[] {
  return target.given.flatMap((name) => {
    const found = textOf(name, planOfTarget(plan, description));
    const asked = textOf(name, plan);
    if (asked === found || asked === EITHER) return [];
    const field = `--${PLAN_OPTIONS[name].flag}`;
    return [
      {
        field,
        value: asked,
        source: field,
        problem: `is not what the API at ${target.url} runs with: ${found}`,
        remedy: 'leave it out, or start that API with it',
      },
    ];
  });
}

/** The plan as the running API makes it. */
export function planOfTarget(
  plan: TrialPlan,
  { workers, pool, preparedStatements }: ServerDescription,
): TrialPlan {
  return { ...plan, workers, pool, preparedStatements: preparedStatements ? 'on' : 'off' };
}

/** Of `--prepared-statements`: as the API decided it. */
const EITHER: TrialPlan['preparedStatements'] = 'auto';

function textOf(name: ApiSettingName, { workers, pool, preparedStatements }: TrialPlan): string {
  if (name === 'preparedStatements') return preparedStatements;
  const value = name === 'workers' ? workers : pool[POOL_FIELDS[name]];
  return value === null ? 'none' : String(value);
}
