import { nearestWord } from '../plan/nearest-word.ts';
import type { Option } from '../plan/option-table.ts';
import { OUTPUT_OPTIONS, PLAN_OPTIONS } from '../plan/run-options.ts';
import { choice, orNone, type ValueParser, wholeNumber } from '../plan/value-parser.ts';
import type { Surge } from '../sizing/deployment-budget.ts';
import { DIALECTS } from '../sizing/dialect.ts';
import { findPreset, PRESET_ALIASES, PRESET_NAMES, type Preset } from '../sizing/presets.ts';
import { ROLE_KINDS } from '../sizing/usable-slots.ts';

/** A deployment is bigger than a lab: bounds only keep the arithmetic readable. */
const REPLICAS_MAX = 10_000;
const DEPLOYMENT_CONNECTIONS_MAX = 262_143; // PostgreSQL's own bound of max_connections

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
  dialect: option('dialect', {
    parser: orNone(choice(DIALECTS, 'name'), 'preset'),
    defaultValue: null,
    description: `how the answer is spelt: ${DIALECTS.join(', ')}`,
  }),
  json: { ...OUTPUT_OPTIONS.json, env: null },
} as const;

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
