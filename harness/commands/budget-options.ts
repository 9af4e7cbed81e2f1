import { nearestWord } from '../plan/nearest-word.ts';
import type { Option, OptionSources, OptionValues } from '../plan/option-table.ts';
import { SOURCE_DEFAULT } from '../plan/option-table.ts';
import { POOLER_DEFAULTS } from '../plan/pooler.ts';
import { POOLER_OPTIONS } from '../plan/pooler-options.ts';
import { OUTPUT_OPTIONS, PLAN_OPTIONS } from '../plan/run-options.ts';
import { choice, orNone, type ValueParser, wholeNumber } from '../plan/value-parser.ts';
import type { DeployedPooler } from '../sizing/deployed-pooler.ts';
import type { Surge } from '../sizing/deployment-budget.ts';
import { DIALECTS } from '../sizing/dialect.ts';
import { findPreset, PRESET_ALIASES, PRESET_NAMES, type Preset } from '../sizing/presets.ts';
import { ROLE_KINDS } from '../sizing/usable-slots.ts';

/** A deployment is bigger than a lab: bounds only keep the arithmetic readable. */
const REPLICAS_MAX = 10_000;
const DEPLOYMENT_CONNECTIONS_MAX = 262_143; // PostgreSQL's own bound of max_connections
const CLIENTS_MAX = 1_000_000;
const PAIRS_MAX = 10_000;
const WHAT_POOLER = 'pgbouncer: one that stands between the pools and PostgreSQL';

const processes = wholeNumber({ min: 1, max: REPLICAS_MAX });
const slots = wholeNumber({ min: 0, max: DEPLOYMENT_CONNECTIONS_MAX });

const preset: ValueParser<Preset> = {
  placeholder: 'name',
  expected: `one of ${PRESET_NAMES.join(', ')}`,
  parse(texts) {
    const text = texts.at(-1)?.trim() ?? '';
    const found = findPreset(text);
    if (found !== null) return { ok: true, value: found };
    if (text === '') return { ok: false, problem: 'is empty' };
    const suggestion = nearestWord(text, [...PRESET_NAMES, ...PRESET_ALIASES]);
    const guess = suggestion === null ? '' : ` (did you mean ${suggestion}?)`;
    return { ok: false, problem: `is not known${guess}` };
  },
  print: ({ name }) => name,
};

const surge: ValueParser<Surge> = {
  placeholder: 'pods',
  expected: 'a count of pods or a percentage of the replicas: 1, 25%',
  parse(texts) {
    const text = texts.at(-1)?.trim() ?? '';
    const match = /^(\d{1,5})(%?)$/.exec(text);
    if (match === null) {
      return {
        ok: false,
        problem: text === '' ? 'is empty' : 'is neither a count nor a percentage',
      };
    }
    const value = Number(match[1]);
    if (match[2] === '%') {
      return value > 100
        ? { ok: false, problem: 'is above 100%' }
        : { ok: true, value: { kind: 'percent', percent: value } };
    }
    return value > REPLICAS_MAX
      ? { ok: false, problem: `is above ${REPLICAS_MAX}` }
      : { ok: true, value: { kind: 'count', pods: value } };
  },
  print: (value) => (value.kind === 'count' ? String(value.pods) : `${value.percent}%`),
};

/** No variables: `POOL_LAB_*` set for trials must not change an answer about a deployment. */
export const BUDGET_OPTIONS = {
  preset: option('preset', {
    parser: orNone(preset, 'none'),
    defaultValue: null,
    description: `the defaults of a known pool: ${PRESET_NAMES.join(', ')}`,
  }),
  poolSize: { ...PLAN_OPTIONS.poolSize, env: null },
  maxOverflow: { ...PLAN_OPTIONS.maxOverflow, env: null },
  workers: option('workers', {
    parser: processes,
    defaultValue: PLAN_OPTIONS.workers.defaultValue,
    description: 'processes of one replica, each with a pool; with a preset its own default',
  }),
  replicas: option('replicas', {
    parser: processes,
    defaultValue: 1,
    description: 'pods or machines',
  }),
  maxSurge: option('max-surge', {
    parser: surge,
    defaultValue: { kind: 'percent', percent: 25 },
    description: 'extra pods during a rolling deploy; a percentage rounds up, as in Kubernetes',
  }),
  hpaMax: option('hpa-max', {
    parser: orNone(processes, 'none'),
    defaultValue: null,
    description: "the autoscaler's maxReplicas",
  }),
  cpus: option('cpus', {
    parser: wholeNumber({ min: 1, max: 1_024 }),
    defaultValue: 4,
    description: 'CPUs a process sees; presets prisma6 and pgx size their pools by it',
  }),
  maxConnections: option('max-connections', {
    parser: wholeNumber({ min: 1, max: DEPLOYMENT_CONNECTIONS_MAX }),
    defaultValue: 100,
    description: "PostgreSQL's max_connections",
  }),
  superuserReserved: option('superuser-reserved', {
    parser: slots,
    defaultValue: 3,
    description: "PostgreSQL's superuser_reserved_connections",
  }),
  reserved: option('reserved', {
    parser: slots,
    defaultValue: 0,
    description: "PostgreSQL's reserved_connections",
  }),
  others: option('others', {
    parser: slots,
    defaultValue: 0,
    description: 'connections of everybody else: other services, migrations, psql, monitoring',
  }),
  role: option('role', {
    parser: choice(ROLE_KINDS, 'kind'),
    defaultValue: 'ordinary',
    description:
      'the service connects as: ordinary, reserved (pg_use_reserved_connections), superuser',
  }),
  pooler: { ...POOLER_OPTIONS.pooler, env: null, description: WHAT_POOLER },
  poolerMode: { ...POOLER_OPTIONS.poolerMode, env: null },
  poolerSize: option('pooler-size', {
    parser: wholeNumber({ min: 1, max: DEPLOYMENT_CONNECTIONS_MAX }),
    defaultValue: POOLER_DEFAULTS.defaultPoolSize,
    description: 'with --pooler: default_pool_size, connections of each user of each database',
  }),
  poolerReserve: option('pooler-reserve', {
    parser: slots,
    defaultValue: POOLER_DEFAULTS.reservePoolSize,
    description: 'with --pooler: reserve_pool_size, further ones of each',
  }),
  poolerClients: option('pooler-clients', {
    parser: wholeNumber({ min: 1, max: CLIENTS_MAX }),
    defaultValue: POOLER_DEFAULTS.maxClientConn,
    description: 'with --pooler: max_client_conn of each of its processes',
  }),
  poolerProcesses: option('pooler-processes', {
    parser: processes,
    defaultValue: 1,
    description: 'with --pooler: processes of it, on however many machines',
  }),
  poolerPairs: option('pooler-pairs', {
    parser: wholeNumber({ min: 1, max: PAIRS_MAX }),
    defaultValue: 1,
    description: 'with --pooler: pairs of user and database that use it, this one among them',
  }),
  dialect: option('dialect', {
    parser: orNone(choice(DIALECTS, 'name'), 'preset'),
    defaultValue: null,
    description: `how the answer is spelt: ${DIALECTS.join(', ')}`,
  }),
  json: { ...OUTPUT_OPTIONS.json, env: null },
} as const;

type Table = typeof BUDGET_OPTIONS;

/** `null`: the pools connect to PostgreSQL itself. */
export function deployedPooler(values: OptionValues<Table>): DeployedPooler | null {
  if (values.pooler === 'none') return null;
  return {
    mode: values.poolerMode,
    defaultPoolSize: values.poolerSize,
    reservePoolSize: values.poolerReserve,
    maxClientConn: values.poolerClients,
    processes: values.poolerProcesses,
    pairs: values.poolerPairs,
  };
}

const OF_A_POOLER = [
  'poolerMode',
  'poolerSize',
  'poolerReserve',
  'poolerClients',
  'poolerProcesses',
  'poolerPairs',
] as const;

/** One sentence for each option of a pooler where there is none. */
export function poolerWarnings(
  { pooler }: Pick<OptionValues<Table>, 'pooler'>,
  sources: OptionSources<Table>,
): readonly string[] {
  if (pooler !== 'none') return [];
  return OF_A_POOLER.map((name) => sources[name])
    .filter((source) => source !== SOURCE_DEFAULT)
    .map((source) => `${source} changes nothing without --pooler pgbouncer`);
}

function option<T>(
  flag: string,
  rest: {
    readonly parser: ValueParser<T>;
    readonly defaultValue: NoInfer<T>;
    readonly description: string;
  },
): Option<T> {
  return { flag, env: null, repeatable: false, ...rest };
}
